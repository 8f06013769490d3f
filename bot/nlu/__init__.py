"""Understanding: a message's text → topic, entities, matters. Rasa graph components and the models in them.

| module | does |
|---|---|
| `payload` | "/topic{…}" of buttons and menus stands for itself |
| `normaliser` | folds the text once for all |
| `classifier`, `topic_model`, `linear`, `features`, `encoders` | the topic, calibrated |
| `output`, `keys` | how findings are written into a Rasa message |
| `fingerprint` | retrains what leans on files that Rasa does not watch |

The components stand in `config.yml` in their order. Nothing here imports services, storage or actions.
"""

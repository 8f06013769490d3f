"""Names under which the components of this room leave their findings in a Rasa message.

| key | in `/model/parse` | holds |
|---|---|---|
| `topic` | yes | the best guess: a name of the taxonomy (`station/services`, `find_station`) |
| `topic_ranking` | yes | the best few as `{"name", "confidence"}`, calibrated |
| `decision` | yes | "sure", "ambiguous" or "unsure" |
| `choices` | yes | the two or three topics to offer when not sure |
| `matters` | yes | the matters of the message: `{"text", "start", "end", "topic", "confidence"}` each |
| `safety` | yes | "emergency", "crisis" or None |
| `folded_text` | no | the folded text, see :mod:`bot.language.normalise` |
| `found` | no | list of :class:`bot.nlu.found.Found`, before the resolver |
| `scores` | no | raw score of each topic, in the order of the model's labels |
| `parts` | no | list of :class:`bot.nlu.matters.Part` that may be matters: read in one pass with the whole |
| `topic_model` | no | the :class:`bot.nlu.topic_model.TopicModel` at work, to ask about parts of a text |
"""

TOPIC = "topic"
TOPIC_RANKING = "topic_ranking"
DECISION = "decision"
CHOICES = "choices"
MATTERS = "matters"
SAFETY = "safety"
FOLDED = "folded_text"
SCORES = "scores"
PARTS = "parts"
MODEL = "topic_model"
FOUND = "found"

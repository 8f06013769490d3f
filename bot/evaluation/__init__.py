"""How well the bot understands: the trained model against `tests/data/dev.jsonl`, as tables and pictures.

`python -m bot.evaluation` writes `reports/nlu.md` with its pictures; `--baseline` also trains Rasa's
default Chinese pipeline on the same data and puts it beside ours (many minutes); `--curve` trains on parts
of the data.

| module | does |
|---|---|
| `data` | reads the dev set and the training files, knows which initiative a topic belongs to |
| `predict` | runs a trained Rasa model over texts, with the time each takes |
| `metrics` | figures from rows and predictions; pure |
| `plots`, `report` | pictures and the Markdown report |
| `baseline` | Rasa's default pipeline on the same data |
"""

"""Command line of the evaluation; see the package."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.evaluation import baseline, plots, report
from bot.evaluation.data import DEV_FILE, NLU_DIR, ROOT, Row, initiatives, read_rows, read_training
from bot.evaluation.metrics import summary
from bot.evaluation.predict import predict

_PASSES = 3
_PARTS = (0.1, 0.25, 0.5, 0.75, 1.0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, write the report and the figures; 1 when there is no model to measure."""
    options = _options(arguments)
    rows, initiative, out = read_rows(options.dev), initiatives(), options.out
    with tempfile.TemporaryDirectory() as folder:
        model, other = _models(options, Path(folder))
        if model is None or not model.exists():
            print("No model to measure: train one first (make train), or name one with --model.", file=sys.stderr)
            return 1
        out.mkdir(parents=True, exist_ok=True)
        predictions = predict(model, [row.text for row in rows], passes=_PASSES)
        figures = summary(rows, predictions, initiative)
        compared = (
            summary(rows, predict(other, [row.text for row in rows], as_served=False, passes=_PASSES), initiative)
            if other
            else None
        )
    pictures = [
        ("nlu_confusion.png", "Labelled against predicted initiative"),
        ("nlu_styles.png", "Topic accuracy by style"),
        ("nlu_confidence.png", "Confidence of right and wrong topics"),
    ]
    plots.confusion(rows, predictions, initiative, out / pictures[0][0])
    plots.styles(figures, out / pictures[1][0])
    plots.confidence(rows, predictions, out / pictures[2][0])
    if options.curve:
        pictures.append(("nlu_curve.png", "Topic accuracy over the number of training lines"))
        plots.learning_curve(learning_curve(rows), out / pictures[3][0])
    (out / "nlu.md").write_text(report.markdown(rows, predictions, figures, pictures, compared), encoding="utf-8")
    content = {"ours": figures, "baseline": compared}
    (out / "nlu.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print((out / "nlu.md").read_text(encoding="utf-8").split("![", 1)[0])
    return 0


def learning_curve(rows: Sequence[Row], parts: Sequence[float] = _PARTS) -> list[tuple[int, float]]:
    """Topic accuracy of the topic model alone, trained on random parts of the training lines."""
    from bot.nlu.topic_model import TopicModel, TopicSettings

    lines = read_training()
    random.Random(0).shuffle(lines)  # noqa: S311 - shuffling, not secrecy
    points = []
    for part in parts:
        chosen = lines[: int(part * len(lines))]
        model = TopicModel.fit([line.text for line in chosen], [line.topic for line in chosen], TopicSettings())
        right = sum(model.ranking(model.scores(row.text), 1)[0][0] == row.topic for row in rows)
        points.append((len(chosen), right / len(rows)))
    return points


def _models(options: argparse.Namespace, folder: Path) -> tuple[Path | None, Path | None]:
    """(the model to measure, that of Rasa's default pipeline where it is asked for)."""
    domain = ROOT / "domain.yml"
    if options.share is None:
        model = options.model or _newest(ROOT / "models")
        return model, baseline.train(NLU_DIR, domain, folder) if options.baseline else None
    lines = baseline.thinned(NLU_DIR, options.share, folder / "lines")
    model = baseline.train_with(ROOT / "config.yml", lines, domain, folder, "ours")
    return model, baseline.train(lines, domain, folder) if options.baseline else None


def _newest(folder: Path) -> Path | None:
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    return models[-1] if models else None


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.evaluation", description=__doc__)
    parser.add_argument("--model", type=Path, help="trained model (default: the newest in models/)")
    parser.add_argument("--dev", type=Path, default=DEV_FILE, help="JSON lines to measure on")
    parser.add_argument("--out", type=Path, default=ROOT / "reports", help="folder of the report")
    parser.add_argument("--baseline", action="store_true", help="also train and measure Rasa's default pipeline")
    parser.add_argument(
        "--share", type=float, metavar="0.1", help="train anew on this part of the lines; all would take Rasa's hours"
    )
    parser.add_argument("--curve", action="store_true", help="also train on parts of the data")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

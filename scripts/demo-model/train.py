"""Trains the two versions of the demo model `flight-delay` and writes them to lib/demo/models/.

    python3 -m venv /tmp/demo-model && /tmp/demo-model/bin/pip install -r scripts/demo-model/requirements.txt
    /tmp/demo-model/bin/python scripts/demo-model/train.py

January's flights teach, February's judge. Version 1 is a logistic regression, version 2 gradient boosting. Both take the
named inputs hour, weekday, distance (float) and origin, destination (string), each [N, 1]; the airports' encoders are part
of the ONNX graph. Outputs: `late` (probability, [N, 1]) and `label` ([N]). Seeds are fixed: the same versions of the
libraries write the same files.
"""
import json
import pathlib

import duckdb
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLIGHTS = ROOT / "node_modules/vega-datasets/data/flights-3m.parquet"
MODELS = ROOT / "lib/demo/models"
FEATURES = ["hour", "weekday", "distance", "origin", "destination"]
TEXT = ["origin", "destination"]
SEED = 17
OPSETS = {"": 18, "ai.onnx.ml": 3}
# an airport's late share is pulled towards the mean of all as if it had this many average flights more
SMOOTHING = 200


def flights(month: int) -> dict[str, np.ndarray]:
    """One month's flights as columns, in the order of the file."""
    rows = duckdb.sql(f"""
        select hour(date)::float as hour, isodow(date)::float as weekday, distance::float as distance, origin, destination,
               (delay > 15)::int as late
        from read_parquet('{FLIGHTS}', file_row_number = true)
        where date >= make_date(2001, {month}, 1) and date < make_date(2001, {month + 1}, 1)
        order by file_row_number""")
    return {name: np.asarray(column) for name, column in rows.fetchnumpy().items()}


def late_shares(column: np.ndarray, late: np.ndarray) -> dict[str, float]:
    """The smoothed share of late flights of each airport."""
    mean = late.mean()
    shares = {}
    for airport in sorted(set(column)):
        mine = late[column == airport]
        shares[str(airport)] = float(np.float32((mine.sum() + SMOOTHING * mean) / (len(mine) + SMOOTHING)))
    return shares


def encoded(rows: dict[str, np.ndarray], shares: dict[str, dict[str, float]], mean: float) -> np.ndarray:
    numbers = [rows[name] for name in FEATURES if name not in TEXT]
    airports = [np.array([shares[name].get(str(airport), mean) for airport in rows[name]]) for name in TEXT]
    return np.column_stack(numbers + airports).astype(np.float32)


def graph(model, shares: dict[str, dict[str, float]], mean: float) -> onnx.ModelProto:
    """The converted classifier behind the airports' encoders, with one probability as its first output."""
    core = to_onnx(model, initial_types=[("encoded", FloatTensorType([None, len(FEATURES)]))], target_opset=OPSETS,
                   options={"zipmap": False})
    label, probabilities = (output.name for output in core.graph.output)
    nodes = []
    for name in TEXT:
        nodes.append(helper.make_node("LabelEncoder", [name], [f"{name}_share"], domain="ai.onnx.ml", default_float=mean,
                                      keys_strings=list(shares[name]), values_floats=list(shares[name].values())))
    columns = [f"{name}_share" if name in TEXT else name for name in FEATURES]
    nodes.append(helper.make_node("Concat", columns, ["encoded"], axis=1))
    nodes.extend(core.graph.node)
    nodes.append(helper.make_node("Gather", [probabilities, "late_column"], ["late"], axis=1))
    if label != "label":
        nodes.append(helper.make_node("Identity", [label], ["label"]))
    inputs = [helper.make_tensor_value_info(name, TensorProto.STRING if name in TEXT else TensorProto.FLOAT, ["N", 1])
              for name in FEATURES]
    outputs = [helper.make_tensor_value_info("late", TensorProto.FLOAT, ["N", 1]),
               helper.make_tensor_value_info("label", TensorProto.INT64, ["N"])]
    late_column = helper.make_tensor("late_column", TensorProto.INT64, [1], [1])
    whole = helper.make_model(
        helper.make_graph(nodes, "flight-delay", inputs, outputs, [*core.graph.initializer, late_column]),
        opset_imports=[helper.make_opsetid(domain, version) for domain, version in OPSETS.items()],
        ir_version=9, producer_name="penstock demo")
    onnx.checker.check_model(whole)
    return whole


def predict(session: onnxruntime.InferenceSession, rows: dict[str, np.ndarray]) -> np.ndarray:
    feeds = {name: rows[name].astype(object if name in TEXT else np.float32).reshape(-1, 1) for name in FEATURES}
    return session.run(["late"], feeds)[0][:, 0]


def importance(session, rows: dict[str, np.ndarray], auc: float) -> dict[str, float]:
    """By how much AUC falls when one feature's values change places, as shares of the sum."""
    shuffled = np.random.default_rng(SEED)
    falls = {}
    for name in FEATURES:
        falls[name] = max(0.0, auc - roc_auc_score(rows["late"], predict(session, {**rows, name: shuffled.permutation(rows[name])})))
    return {name: round(fall / sum(falls.values()), 4) for name, fall in falls.items()}


def main() -> None:
    january, february = flights(1), flights(2)
    mean = float(np.float32(january["late"].mean()))
    shares = {name: late_shares(january[name], january["late"]) for name in TEXT}
    learned = encoded(january, shares, mean)
    versions = {
        1: make_pipeline(StandardScaler(), PolynomialFeatures(2), LogisticRegression(C=0.1, max_iter=500)),
        2: HistGradientBoostingClassifier(max_iter=60, learning_rate=0.15, max_leaf_nodes=24, min_samples_leaf=400,
                                          early_stopping=False, random_state=SEED),
    }
    pick = np.random.default_rng(SEED)
    sample = np.sort(pick.choice(len(february["late"]), 200, replace=False))
    judged = np.sort(pick.choice(len(february["late"]), 100_000, replace=False))
    golden = {"inputs": {name: february[name][sample].tolist() for name in FEATURES}, "late": {}}
    golden["inputs"]["origin"][0] = "XXX"  # an airport that January did not know
    asked = {name: np.array(values) for name, values in golden["inputs"].items()}
    report = {}
    MODELS.mkdir(parents=True, exist_ok=True)
    for number, model in versions.items():
        model.fit(learned, january["late"])
        file = MODELS / f"flight-delay-{number}.onnx"
        onnx.save(graph(model, shares, mean), file)
        session = onnxruntime.InferenceSession(str(file))
        scores = predict(session, february)
        own = model.predict_proba(encoded(february, shares, mean))[:, 1]
        assert np.abs(scores - own).max() < 1e-4, np.abs(scores - own).max()
        auc = roc_auc_score(february["late"], scores)
        picked = {name: values[judged] for name, values in february.items()}
        report[number] = {
            "metrics": {"auc": round(float(auc), 4), "log_loss": round(float(log_loss(february["late"], scores)), 4),
                        "rows": len(scores), "late_share": round(float(february["late"].mean()), 4)},
            "importance": importance(session, picked, roc_auc_score(picked["late"], predict(session, picked))),
        }
        golden["late"][number] = [float(value) for value in predict(session, asked)]
        print(file.name, file.stat().st_size, "bytes", report[number])
    (MODELS / "golden.json").write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")
    (MODELS / "metrics.json").write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()

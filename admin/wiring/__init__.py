"""Builds the house. Imported first, so that it can set what libraries read when they are loaded."""

import os

# numpy's threads fight onnxruntime's for the same cores: one Smart Turn call took 150 ms instead of 45
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

"""The embedded sentence encoder: all-MiniLM-L6-v2 in int8 (see `minilm_onnx`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from gemelo.models.adapters.onnx_session import OnnxModel
from gemelo.models.errors import EmbedderError, ModelFileError

MAX_PIECES = 256
"""Word pieces that the encoder was trained on; the rest of a longer text is not read."""
_BATCH_PIECES = 1024
"""Word pieces of one inference, padding included: it bounds the memory of the attention."""
_SPECIAL = 1  # [CLS] before and [SEP] after the text's own pieces


@dataclass(frozen=True, slots=True)
class MiniLmEmbedding:
    """One encoded text; see `Embedding`."""

    vector: NDArray[np.float32]
    tokens: NDArray[np.float16]
    ids: NDArray[np.int32]


class MiniLmEmbedder:
    """`Embedder` on MiniLM: English good, Spanish weak; 1 ms a short text.

    Args:
        model: the ONNX file.
        tokenizer: the `tokenizer.json` that belongs to it.

    Raises:
        ModelFileError: a file is missing or not what it should be.
    """

    def __init__(self, model: Path, tokenizer: Path) -> None:
        self._model = OnnxModel(model)
        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # tokenizers raises plain Exception
            raise ModelFileError(
                f"The model file {tokenizer.name} cannot be loaded. Run `gemelo models fetch`."
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_PIECES)  # pyright: ignore[reportUnknownMemberType]

    @property
    def dimension(self) -> int:
        return 384

    @property
    def token_dimension(self) -> int:
        return self.dimension

    @property
    def name(self) -> str:
        return "minilm-l6-v2-int8"

    def embed(self, texts: Sequence[str]) -> list[MiniLmEmbedding]:
        """Encodes texts, those of like length together. Blocks; safe to call from several threads.

        Raises:
            EmbedderError: inference failed.
        """
        pieces = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]
        order = sorted(range(len(pieces)), key=lambda index: len(pieces[index]))
        found: dict[int, MiniLmEmbedding] = {}
        while order:
            batch = order[-max(1, _BATCH_PIECES // len(pieces[order[-1]])) :]
            del order[-len(batch) :]
            found.update(zip(batch, self._run([pieces[index] for index in batch]), strict=True))
        return [found[index] for index in range(len(pieces))]

    def _run(self, pieces: list[list[int]]) -> list[MiniLmEmbedding]:
        ids = np.zeros((len(pieces), max(map(len, pieces))), np.int64)
        mask = np.zeros_like(ids)
        for row, piece in enumerate(pieces):
            ids[row, : len(piece)] = piece
            mask[row, : len(piece)] = 1
        try:
            vectors, states = self._model.run({"input_ids": ids, "attention_mask": mask})
        except Exception as error:  # onnxruntime raises classes of its own with no base but Exception
            raise EmbedderError("The sentence encoder failed.") from error
        return [
            MiniLmEmbedding(
                vector=vectors[row].copy(),
                tokens=states[row, _SPECIAL : len(piece) - _SPECIAL].astype(np.float16),
                ids=ids[row, _SPECIAL : len(piece) - _SPECIAL].astype(np.int32),
            )
            for row, piece in enumerate(pieces)
        ]

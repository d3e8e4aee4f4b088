from __future__ import annotations

from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.adapters.framing import Frame, pack, read

FRAMES = st.builds(Frame, st.integers(0, 255), st.integers(0, 2**32 - 1), st.binary(max_size=200))


@given(st.lists(FRAMES))
def test_frames_arrive_as_they_were_sent(frames: list[Frame]) -> None:
    """Any frames, one after the other, come out of the pipe unchanged, and then its end."""
    pipe = BytesIO(b"".join(map(pack, frames)))
    assert [read(pipe) for _ in frames] == frames
    assert read(pipe) is None


@given(FRAMES, st.data())
def test_a_cut_frame_is_the_end(frame: Frame, data: st.DataObject) -> None:
    """Of a frame whose sender died in the middle nothing is believed."""
    whole = pack(frame)
    assert read(BytesIO(whole[: data.draw(st.integers(0, len(whole) - 1))])) is None

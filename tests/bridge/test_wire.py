# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from malformed_lines import SOUND, malformed_lines
from pastiche.bridge import messages, requests
from pastiche.bridge.errors import ProtocolError
from pastiche.bridge.wire import decode, encode, read_line


@pytest.mark.parametrize("message", SOUND, ids=lambda message: message.type)
def test_a_message_comes_back_as_it_was_sent(message):
    line = encode(message)
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    assert decode(line) == message


def test_every_kind_of_message_is_among_the_types():
    assert set(messages.TYPES) == {
        "submit", "cancel", "shutdown", "ready", "status", "progress", "frame", "warning", "error", "done", "heartbeat",
        "steer", "screen", "picture", "dragging", "kept", "face", "refused", "playing",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/a b", "C:\\ä\\字", "/" + "x" * 250, "/not-utf8-\udce9", "/new\nline"])
def test_paths_of_any_letters_pass(path):
    message = messages.Submit("a", requests.DummyRequest(path))
    assert decode(encode(message)) == message


def test_a_request_may_leave_out_what_has_a_default():
    line = b'{"v": 1, "type": "submit", "job": "a", "request": {"kind": "dummy", "folder": "/x", "last": 3}}'
    assert decode(line) == messages.Submit("a", requests.DummyRequest("/x", last=3))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"v": 9, "type": "shutdown"}', "protocol 9"),
        (b'{"type": "shutdown"}', "protocol none"),
        (b'{"v": 1, "type": "jump"}', "'jump' is unknown"),
        (b'{"v": 1, "type": "cancel", "job": 3}', "cancel.job: a text is expected, not 3"),
        (b'{"v": 1, "type": "cancel", "job": "a", "why": 1}', "cancel: 'why' is unknown"),
        (b'{"v": 1, "type": "cancel"}', "cancel: 'job' is missing"),
        (b'{"v": 1, "type": "submit", "job": "a", "request": {"kind": "exec"}}', "the kind 'exec' is unknown"),
        (b'{"v": 1, "type": "heartbeat", "job": "", "uptime": NaN}', "NaN is not a number"),
        (b'{"v": 1, "type": "heartbeat", "job": "", "uptime": 1e999}', "not a finite number"),
        (b'{"v": 1, "type": "done", "job": "", "outcome": "", "result": ' + b'{"a":' * 20 + b"1" + b"}" * 21, "deeply"),
    ],
)
def test_what_is_wrong_is_named(line, words):
    with pytest.raises(ProtocolError) as caught:
        decode(line)
    assert words in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "message",
    [
        messages.Progress("a", 1, 2, "frames", float("nan"), 0.0),
        messages.Progress("a", 1, 2, "frames", float("inf"), 0.0),
        messages.Progress("a", 1.5, 2, "frames", 1.0, 0.0),
        messages.Done("a", 'FINISHED', {"path": object()}),
        messages.Done("a", 'FINISHED', {1: "x"}),
        messages.Status("a", "x" * (1 << 20)),
        messages.Status("a", "\ud800"),
    ],
)
def test_what_could_not_be_read_is_not_sent(message):
    with pytest.raises(ProtocolError):
        encode(message)


def test_ten_thousand_malformed_lines_are_refused_or_sound():
    refused = 0
    for line in malformed_lines(12_000):
        try:
            message = decode(line)
        except ProtocolError as error:
            refused += 1
            assert len(str(error)) < 1000
        else:
            assert decode(encode(message)) == message
    assert refused > 10_000


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(messages.TYPES)), st.dictionaries(st.just("job") | st.text(), _PLAIN, max_size=4))
def test_any_json_is_refused_or_sound(name, table):
    line = json.dumps({"v": 1, "type": name, **table}).encode()
    try:
        message = decode(line)
    except ProtocolError:
        return
    assert decode(encode(message)) == message


@settings(max_examples=2000, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(line):
    with pytest.raises(ProtocolError):
        decode(line)


def test_an_oversized_line_is_skipped_in_bounded_memory():
    stream = io.BufferedReader(io.BytesIO(b"x" * 5_000_000 + b"\n" + b'{"v": 1, "type": "shutdown"}\n'))
    line = read_line(stream)
    assert messages.MAX_LINE < len(line) <= messages.MAX_LINE + 1
    with pytest.raises(ProtocolError):
        decode(line)
    assert decode(read_line(stream)) == messages.Shutdown()
    assert read_line(stream) is None

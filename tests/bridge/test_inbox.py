# SPDX-FileCopyrightText: 2026 Pastiche developers
# SPDX-License-Identifier: GPL-3.0-or-later
import threading

from pastiche.bridge.inbox import Inbox
from pastiche.bridge.messages import Done, Frame, Picture, Progress


def progress(done, job="a"):
    return Progress(job, done, 100, "frames", 1.0, 1.0)


def test_messages_come_out_in_order():
    box = Inbox()
    messages = [Frame("a", i, "", False) for i in range(5)]
    for message in messages:
        box.put(message)
    assert box.take(2) + box.take(9) == messages
    assert box.take(9) == []


def test_of_a_flood_of_progress_the_newest_remains():
    box = Inbox()
    for i in range(10_000):
        box.put(progress(i))
        box.put(progress(i, "b"))
    box.put(Done("a", 'FINISHED'))
    assert box.take(100) == [progress(9999), progress(9999, "b"), Done("a", 'FINISHED')]
    box.put(progress(1))
    assert box.take(100) == [progress(1)]


def test_of_a_flood_of_pictures_the_newest_remains_beside_the_progress():
    box = Inbox()
    for i in range(100):
        box.put(Picture("a", i, False))
        box.put(progress(i))
    assert box.take(100) == [Picture("a", 99, False), progress(99)]


def test_a_full_box_makes_the_writer_wait_until_somebody_takes():
    box = Inbox(capacity=10)
    writer = threading.Thread(target=lambda: [box.put(Frame("a", i, "", False)) for i in range(50)])
    writer.start()
    writer.join(0.1)
    assert writer.is_alive()
    taken = []
    while len(taken) < 50:
        taken += box.take(7)
    writer.join(5)
    assert [message.index for message in taken] == list(range(50))


def test_closing_lets_a_waiting_writer_go():
    box = Inbox(capacity=1)
    box.put(Done("a", 'FINISHED'))
    writer = threading.Thread(target=box.put, args=(Done("b", 'FINISHED'),))
    writer.start()
    box.close()
    writer.join(5)
    assert not writer.is_alive()

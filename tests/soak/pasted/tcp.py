"""The lessons of the TCP labs and of the one over HTTP."""

from __future__ import annotations

import re

from tests.soak.pasted.lesson import Lesson, leave, lesson_of, stop
from tests.soak.pasted.udp import CLOCK, ask, watch


@lesson_of("tcp/echo")
def echo(lesson: Lesson) -> None:
    server, client, other = lesson.windows
    lesson.serve("2.1", server)
    lesson.shows("2.2", client, "Сообщение сервера: Hello, world\n")
    lesson.shows("2.3", client, f"Сообщение сервера: {lesson.said('2.3')}\n")
    received = re.findall(r"recv: (\d+) байт", lesson.shows("3.1", client, "из 100000\n"))
    assert sum(map(int, received)) == 100_000
    lesson.paste("4.1", client)
    client.press("one\n")
    client.wait_for("one\none\n")
    lesson.paste("4.2", other)  # it is connected, and waits until the first has left
    client.press("two\n")
    client.wait_for("two\ntwo\n")
    assert "\nb'Hello'" not in other.shown
    leave(client)
    assert other.end().endswith("b'Hello'\n")
    ports = re.findall(r"Подключен клиент: 127\.0\.0\.1:(\d+)\n", server.shown)
    assert len(ports) == len(set(ports)) == 5
    assert "Сервер остановлен\n" in stop(server)
    lesson.shows("2.2", client, "Нет связи с сервером")
    assert client.status() == 1


@lesson_of("tcp/trapezoid")
def trapezoid(lesson: Lesson) -> None:
    server, client, other = lesson.windows
    lesson.serve("2.1", server)
    lesson.paste("2.2", client)
    for question, answer in (("A:\n", "three"), ("B:\n", "5"), ("H:\n", "4")):
        ask(client, question, answer)
    client.wait_for("Ошибка:")
    for number in ("3", "5", "4"):
        client.press(f"{number}\n")
    assert client.end().endswith("Площадь трапеции: 16\n")
    lesson.paste("3.1", client)
    for line, answer in (("3 5 4", "16\n"), ("3,5 4.5 2", "8\n"), ("3 5", "Ошибка:")):
        client.press(f"{line}\n")
        client.wait_for(f"{line}\n{answer}")
    client.press("-1 5 4\n")
    client.wait_for_match(r"-1 5 4\nОшибка:.*основание")
    lesson.shows("3.2", other, "\n16\n")  # while the one thinks, another gets its answer
    leave(client)
    lesson.shows("4.1", client, "\n1\n4\n9\n")
    lesson.shows("5.1", client)
    lesson.shows("3.2", client, "\n16\n")
    lesson.paste("2.2", client)
    client.wait_for("A:\n")
    stop(server)
    for number in ("3", "5", "4"):
        client.press(f"{number}\n")
    assert "Нет связи с сервером" in client.end()


@lesson_of("tcp/transform")
def transform(lesson: Lesson) -> None:
    server, client, _other = lesson.windows
    lesson.serve("2.1", server)
    lesson.shows("2.2", client, f"\n{lesson.said('2.2')}\n", "палиндром: да\n")
    lesson.paste("2.3", client)
    client.wait_for("произошло\n")
    ask(client, "сообщение:\n", "да нет")
    assert "\n6\nслов: 2, палиндром: нет\n" in client.end()
    word = lesson.said("3.1", "'").removesuffix("\\n")
    lesson.shows("3.1", client, f"\n{word}\n{word}\n{word.upper()}\n5\n", "палиндром: да\n")
    lesson.shows("3.2", client, "\nlevel\nlevel\nLEVEL\n5\n")
    first, second = lesson.said("4.1", "'").split("\\n")[:2]
    shown = lesson.shows("4.1", client, f"\n{first}\n{first[::-1]}\n{first.upper()}\n3\n")
    assert second[::-1] not in shown  # one message per connection
    stop(server)


@lesson_of("tcp/time")
def time(lesson: Lesson) -> None:
    server, client, other = lesson.windows
    name = lesson.commands["2.2"].split()[-1]
    lesson.serve("2.1", server)
    lesson.paste("2.2", client)
    client.wait_for_match(rf"\n{name}, {CLOCK}\n{name}, {CLOCK}\n")
    lesson.paste("3.1", other)
    other.press("Boris\n")
    other.wait_for_match(rf"\nBoris, {CLOCK}\n")
    leave(client, "end\n")
    other.press("end\n")
    server.wait_for_match(r"(?s)(отключился\n.*){2}")
    stop(other)  # the server has closed; nc still waits for input
    assert re.search(rf"\nAnna, {CLOCK}\n\n$", lesson.shows("3.2", client))
    stop(server)
    lesson.serve("4.1", server)
    watch(lesson, "2.2", client)
    stop(client)
    server.wait_for("отключился\n", within_s=30)  # half of the interval
    watch(lesson, "2.2", client)
    stop(server)
    client.wait_for("сервер")
    client.press("\n")
    client.end()


@lesson_of("tcp/socketserver")
def socketserver(lesson: Lesson) -> None:
    server, client, other = lesson.windows
    lesson.serve("2.1", server)
    lesson.shows("2.2", client, "палиндром: да\n")
    lesson.shows("3.1", client, "\n5\n", "палиндром: да\n")
    lesson.shows("3.2", client, "\nlevel\nlevel\nLEVEL\n5\n")
    lesson.paste("4.2", client)
    server.wait_for_match(r"(?s)(подключился\n.*){4}")
    assert "Сервер остановлен\n" in stop(server)  # though that client is silent
    leave(client)
    lesson.serve("4.1", server)
    lesson.paste("4.2", client)
    server.wait_for("подключился\n")
    lesson.paste("4.2", other)
    other.press("second\n")
    client.press("first\n")
    client.wait_for("first\nfirst\ntsrif\nFIRST\n5\n")
    server.end()
    leave(client)  # nc waits for the end of the input, too
    assert "dnoces" not in other.end()  # RST ends it, without an answer


@lesson_of("http/page")
def page(lesson: Lesson) -> None:
    server, client, _other = lesson.windows
    lesson.serve("2.1", server)
    body = "</html>"
    got = lesson.shows("3.1", client, "HTTP/1.1 200 OK", "charset=utf-8", body)
    head = lesson.shows("3.2", client, "HTTP/1.1 200 OK")
    assert body not in head
    length = re.compile(r"(?i)content-length: (\d+)")
    assert length.findall(head) == length.findall(got)
    lesson.shows("3.3", client, "HTTP/1.1 405 ")
    lesson.paste("4.1", client)
    for line in ("GET / HTTP/1.1", "Host: localhost"):
        client.press(f"{line}\n")
    assert "200 OK" not in client.shown
    client.press("\n")
    client.wait_for(body)
    stop(client)  # the server has closed; nc still waits for input
    lesson.shows("4.2", client, "HTTP/1.1 200 OK", body)
    lesson.shows("notice.7.1", client, "HTTP/1.1 404 ")
    file = lesson.folder / "labs" / "http" / "page" / "index.html"
    file.write_text(file.read_text(encoding="utf-8").replace(body, f"edited{body}"), "utf-8")
    lesson.shows("3.1", client, f"edited{body}")
    stop(server)

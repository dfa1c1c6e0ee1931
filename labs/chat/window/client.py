"""Chat window: a Tk client for the server of chat/login; a second thread does all the waiting."""

import argparse
import queue
import select
import signal
import socket
import sys
import threading

try:
    from tkinter import TclError, Tk, ttk
except ImportError as error:  # some systems keep Tk in a package of its own
    sys.exit(f"Для окна нужен tkinter: {error}")

outbox: queue.Queue[tuple[str, str]] = queue.Queue()  # window -> thread: login and text
news: queue.Queue[tuple[str, str]] = queue.Queue()  # thread -> window: unsent text and status


def talk(host: str, port: int) -> None:
    login, text = outbox.get()
    while True:
        try:
            with socket.create_connection((host, port), timeout=3.0) as sock:  # or sendall()
                known_as = login
                sock.sendall(f"{login}\n".encode(errors="replace"))
                while login == known_as:  # another login needs another connection
                    sock.sendall(f"{login}: {text}\n".encode(errors="replace"))
                    news.put(("", "Отправлено с адреса {}:{}".format(*sock.getsockname())))
                    text = ""  # from here to the next message, nothing is unsent
                    while outbox.empty():
                        if select.select([sock], [], [], 0.1)[0]:  # it says nothing but FIN
                            raise ConnectionError("сервер ушёл")
                    login, text = outbox.get()
        except (OSError, OverflowError, UnicodeError) as error:
            news.put((text, f"Нет связи с сервером {host}:{port}: {error}"))
            login, text = outbox.get()  # the next message is the next attempt to connect


class ChatWindow(Tk):
    def __init__(self, status: str) -> None:
        super().__init__()
        self.title("Чат")
        self.login, self.text = ttk.Entry(width=44), ttk.Entry(width=44)
        self.button = ttk.Button(text="Отправить", command=self.send_message)
        self.status = ttk.Label(text=status, wraplength=400)
        labels = ttk.Label(text="Логин"), ttk.Label(text="Сообщение")
        for widget in (labels[0], self.login, labels[1], self.text, self.button, self.status):
            widget.pack(fill="x", pady=4)
        self.bind("<Return>", lambda _event: self.send_message())
        self.show_news()

    def send_message(self) -> None:
        login, text = (" ".join(entry.get().split()) for entry in (self.login, self.text))
        if login and text and self.button.instate(["!disabled"]):
            self.button.state(["disabled"])  # one message at a time
            self.text.delete(0, "end")
            outbox.put((login, text))

    def show_news(self) -> None:
        while not news.empty():
            unsent, self.status["text"] = news.get()
            self.text.insert(0, unsent)
            self.button.state(["!disabled"])
        self.after(100, self.show_news)  # look again later: waiting here would freeze the window


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=50009)
    args = parser.parse_args()
    # Tk lets SystemExit through its callbacks, but not KeyboardInterrupt.
    signal.signal(signal.SIGINT, lambda *_: sys.exit())
    try:
        window = ChatWindow(f"Сервер {args.host}:{args.port}. Пока нет соединения")
        threading.Thread(target=talk, args=(args.host, args.port), daemon=True).start()
        window.mainloop()
    except TclError as error:
        parser.exit(1, f"Окно открыть нельзя: {error}\n")
    except SystemExit:
        print("Клиент остановлен")


if __name__ == "__main__":
    main()

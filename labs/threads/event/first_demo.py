import threading
import time

message = ""
ready = threading.Event()


def send():
    global message
    for number in range(1, 5):
        message = f"сообщение {number}"
        print(f"Отправитель: отправляет «{message}»")
        ready.set()
        time.sleep(0.6)


def receive():
    while ready.wait(timeout=3):
        ready.clear()
        print(f"Получатель: получает «{message}»")
        time.sleep(1)


threading.Thread(target=receive).start()
threading.Thread(target=send).start()

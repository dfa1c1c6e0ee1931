import threading
import time

messages = []
changed = threading.Condition()


def send():
    for number, pause_s in enumerate((1, 1, 0.2), start=1):
        time.sleep(pause_s)
        messages.append(f"сообщение {number}")
        print(f"Отправитель: кладёт «сообщение {number}»")
        with changed:
            changed.notify()


def receive():
    for _ in range(3):
        if not messages:
            print("Получатель: ящик пуст, сейчас усну")
            time.sleep(0.5)
            with changed:
                changed.wait()
        print(f"Получатель: берёт «{messages.pop(0)}»")


threading.Thread(target=receive).start()
threading.Thread(target=send).start()

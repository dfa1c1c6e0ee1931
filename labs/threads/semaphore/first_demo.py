import threading
import time

semaphore = threading.Semaphore(3)


def visit(number):
    print(f"Студент {number} подходит к двери")
    semaphore.acquire()
    print(f"Студент {number} входит")
    time.sleep(2)
    print(f"Студент {number} выходит")
    semaphore.release()


for number in range(1, 9):
    threading.Thread(target=visit, args=(number,)).start()

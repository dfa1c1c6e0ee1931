import _thread
import time

total = 0


def work(name, pace_s):
    global total
    for step in range(1, 6):
        time.sleep(pace_s)
        total += 1
        print(f"{name}: шаг {step} из 5, всего шагов {total}")


for number, pace_s in enumerate((0.8, 1.1, 1.4, 1.7), start=1):
    _thread.start_new_thread(work, (f"Поток {number}", pace_s))

time.sleep(7)
print(f"Главный поток: конец, всего шагов {total}")

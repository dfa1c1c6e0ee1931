import socket
from tkinter import Button, Entry, Tk

window = Tk()
login, message = Entry(), Entry()
login.pack()
message.pack()


def send_message():
    client_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    client_socket.connect(("127.0.0.1", 50009))
    client_socket.sendall(f"{login.get()}\n{login.get()}: {message.get()}\n".encode())
    client_socket.close()


Button(text="Отправить", command=send_message).pack()
window.mainloop()

"""A simulated day of shop.py: orders in every way they can go, then two days of the providers' clock."""
import threading
from http.server import ThreadingHTTPServer
import os, shop

STORIES = [("paid_at_once", "automatic"), ("paid_after_3ds", "automatic"), ("refused", "automatic"),
           ("authorized_then_captured", "manual"), ("paid_twice", "automatic"), ("three_d_secure_failed", "automatic")]

server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), shop.Changes)
threading.Thread(target=server.serve_forever, daemon=True).start()
for number in range(int(os.environ["ORDERS"])):
    story, capture = STORIES[number % len(STORIES)]
    provider = ["checkout-com", "onerway", "stripe"][number // len(STORIES) % 3]
    shop.check_out(f"python-{number}", provider, {"amount": 1000 + number, "currency": "EUR"}, story, capture)
shop.ask("POST", "/simulator/clock", {"advance": "2d"})
print("the day is over", flush=True)
input()

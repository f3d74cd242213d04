"""A client made of the service's own description: a method for each operation of its OpenAPI document, nothing written by hand."""
import json, re
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

class Refused(Exception):
    def __init__(self, status, error):
        super().__init__(f"{status} {error['code']}: {error['message']}")
        self.status, self.code = status, error["code"]

def create_client(url, token):
    """`create_client(url, token).watch_order(order="1001", body={...})`; what is refused raises `Refused`."""
    with urlopen(url + "/openapi.json") as answer: document = json.load(answer)
    operations = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = re.sub(r"(?<!^)(?=[A-Z])", "_", operation["operationId"]).lower()
            operations[name] = staticmethod(create_operation(url, token, method.upper(), path, operation))
    return type("Client", (), operations)()

def create_operation(url, token, method, path, operation):
    places = {one["name"]: one["in"] for one in operation.get("parameters", [])}
    def call(body=None, **given):
        if wrong := given.keys() ^ (given.keys() & places.keys() | {name for name in places if places[name] == "path"}):
            raise TypeError(f"{operation['operationId']} takes {', '.join(places) or 'nothing'}: {', '.join(wrong)}")
        if ("requestBody" in operation) != (body is not None): raise TypeError("a body where there is one, and nowhere else")
        target = path.format(**{name: quote(value, safe="") for name, value in given.items() if places[name] == "path"})
        query = urlencode({name: value for name, value in given.items() if places[name] == "query"})
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(f"{url}{target}?{query}", data, headers, method=method)) as answer:
                kinds = operation["responses"][str(answer.status)].get("content", {})
                return json.load(answer) if "application/json" in kinds else answer.read().decode()
        except HTTPError as refusal:
            assert str(refusal.code) in operation["responses"], f"{refusal.code} is not described"
            raise Refused(refusal.code, json.load(refusal)["error"]) from None
    call.__doc__ = operation["summary"]
    return call

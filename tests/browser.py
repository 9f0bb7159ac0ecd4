"""A headless Chromium, driven by its DevTools protocol over two pipes: no driver, no port, nothing of the network."""

import json
import os
import select
import subprocess
import time
from pathlib import Path
from typing import Any, Self

_FLAGS = (
    "--headless",
    "--no-sandbox",  # it opens pages of our own only, and containers have no namespaces to give
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--remote-debugging-pipe",
    "about:blank",
)
_PATIENCE = 120.0
"""Seconds after which an answer is given up."""
_DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABXvMqOgAAAABJRU5ErkJggg=="
"""A picture of one pixel, as base64: what every address of https answers."""

KEYS = {"Tab": 9, "Enter": 13, "Backspace": 8}
"""The keys that a test can press, with their codes on Windows, by which Chromium knows them."""

Message = dict[str, Any]


class Browser:
    """The process. Commands and events go as JSON with a zero byte after each (Chromium's --remote-debugging-pipe)."""

    def __init__(self, program: str, profile: Path) -> None:
        # Chromium reads commands from descriptor 3 and writes to 4.
        line = 'exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1'
        self._process = subprocess.Popen(
            ["sh", "-c", line, program, f"--user-data-dir={profile}", *_FLAGS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._last, self._read = 0, b""
        self.events: list[Message] = []

    def command(self, method: str, session: str | None = None, **params: object) -> Message:
        """Sends a command and waits for its result; meanwhile events are kept."""
        number = self._send(method, session, params)
        while (message := self._receive()).get("id") != number:
            self._keep(message)
        assert "result" in message, f"{method}: {message['error']}"
        result: Message = message["result"]
        return result

    def await_event(self, method: str, session: str) -> None:
        """Waits for an event, unless it has come already."""
        while not any(event.get("method") == method and event.get("sessionId") == session for event in self.events):
            self._keep(self._receive())

    def tab(self) -> "Tab":
        """A new tab."""
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        return Tab(self, self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the process."""
        with self._process:  # which closes the pipes
            try:
                self._send("Browser.close", None, {})
                self._process.wait(_PATIENCE)
            finally:
                self._process.kill()

    def _send(self, method: str, session: str | None, params: Message) -> int:
        self._last += 1
        message = {"id": self._last, "method": method, "params": params} | ({"sessionId": session} if session else {})
        left = memoryview(json.dumps(message).encode() + b"\0")
        assert self._process.stdin
        while left:
            left = left[os.write(self._process.stdin.fileno(), left) :]
        return self._last

    def _receive(self) -> Message:
        assert self._process.stdout
        pipe, end = self._process.stdout.fileno(), time.monotonic() + _PATIENCE
        while b"\0" not in self._read:
            ready, _, _ = select.select([pipe], [], [], max(0.0, end - time.monotonic()))
            assert ready, "Chromium does not answer"
            more = os.read(pipe, 1 << 20)
            assert more, "Chromium has ended"
            self._read += more
        first, _, self._read = self._read.partition(b"\0")
        message: Message = json.loads(first)
        return message

    def _keep(self, message: Message) -> None:
        """Keeps an event; a request that is held is answered at once, and never leaves the machine."""
        if message.get("method") == "Fetch.requestPaused":
            picture = {"name": "Content-Type", "value": "image/png"}
            answer = {"responseCode": 200, "responseHeaders": [picture], "body": _DOT}
            held = {"requestId": message["params"]["requestId"]}
            self._send("Fetch.fulfillRequest", message["sessionId"], held | answer)
        elif "method" in message:
            self.events.append(message)


class Tab:
    """A page that is open: what it asked for, what it complained of, and hands for it."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.command(f"{domain}.enable")
        self.command("Fetch.enable", patterns=[{"urlPattern": "https://*"}])
        self.command("Emulation.setFocusEmulationEnabled", enabled=True)

    def command(self, method: str, **params: object) -> Message:
        """A command of the protocol to this tab."""
        return self._browser.command(method, self._session, **params)

    def reset(self) -> None:
        """Takes back permissions and whatever else was set."""
        self._browser.command("Browser.resetPermissions")
        self.command("Emulation.clearDeviceMetricsOverride")
        self.command("Emulation.setEmulatedMedia", features=[])
        self.command("Emulation.setScriptExecutionDisabled", value=False)

    def allow(self, name: str, *, allowed: bool) -> None:
        """Gives a page a permission, or refuses it."""
        setting = "granted" if allowed else "denied"
        permission = {"name": name, "allowWithoutGesture": False}
        self._browser.command("Browser.setPermission", permission=permission, setting=setting)

    def open(self, address: str) -> None:
        """Opens an address, and forgets what the page before it did."""
        self._browser.events.clear()
        answer = self.command("Page.navigate", url=address)
        assert "errorText" not in answer, f"{address}: {answer['errorText']}"
        self._browser.await_event("Page.loadEventFired", self._session)

    def run(self, expression: str) -> Any:
        """The value of an expression in JavaScript, or what its promise leads to."""
        answer = self.command("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, condition: str) -> None:
        """Waits until an expression is true."""
        self.run(f"new Promise((done) => {{ const look = () => ({condition}) ? done() : setTimeout(look, 10); look(); }})")

    def click(self, selector: str) -> None:
        """Presses the mouse on the first element that a selector finds."""
        box = f"document.querySelector({json.dumps(selector)}).getBoundingClientRect()"
        self.run(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{ block: 'center', behavior: 'instant' }})")
        x, y = self.run(f"[{box}.x + {box}.width / 2, {box}.y + {box}.height / 2]")
        for kind in ("mousePressed", "mouseReleased"):
            self.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str) -> None:
        """Presses one of `KEYS`."""
        text = {"text": "\r"} if key == "Enter" else {}
        self.command("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=KEYS[key], **text)
        self.command("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=KEYS[key])

    def write(self, text: str) -> None:
        """Writes a text where the cursor is."""
        self.command("Input.insertText", text=text)

    @property
    def requests(self) -> list[Message]:
        """What the page asked for since it was opened: `url`, `headers` and more, data addresses left out."""
        asked = [event["params"]["request"] for event in self._events("Network.requestWillBeSent")]
        return [request for request in asked if not request["url"].startswith("data:")]

    @property
    def complaints(self) -> list[str]:
        """What stands in the console since the page was opened: errors and warnings, of the page and of Chromium."""
        said = [e for e in self._events("Runtime.consoleAPICalled") if e["params"]["type"] in ("error", "warning", "assert")]
        entries = [event["params"]["entry"] for event in self._events("Log.entryAdded")]
        told = [f"{e['text']} {e.get('url', '')}" for e in entries if e["level"] in ("error", "warning")]
        return [*map(str, (*said, *self._events("Runtime.exceptionThrown"))), *told]

    def _events(self, method: str) -> list[Message]:
        self.command("Runtime.evaluate", expression="0")  # what came before its answer is there
        return [event for event in self._browser.events if event["method"] == method]

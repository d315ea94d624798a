"""Nobody but the person drives the page (P20, W1-W6), and what stands in a sheet is only ever text (P21, X1, X2)."""

import json
import re
import socket
import stat
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from followup.web import door
from tests.browser.conftest import FLAGS, Serve, enter, home, request
from tests.conftest import Need
from tests.desk import ACME, BIRCH, COMMAND, Desk, Row, rejected, wait_until
from tests.smtp_server import Server

pytestmark = pytest.mark.slow


def ask(link: str, request: str, patience: float = 10) -> bytes:
    """The raw answer to raw bytes; a line of the request ends with CR LF."""
    address = urlsplit(link)
    with socket.create_connection(("127.0.0.1", address.port), patience) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode())
        answer = b""
        with suppress(ConnectionResetError):
            while part := connection.recv(65536):
                answer += part
    return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def own(link: str) -> str:
    """The host and port of the page."""
    return urlsplit(home(link)).netloc


def entering(link: str, method: str = "POST", host: str | None = None, headers: str = "") -> str:
    """A request of this link, by default the button's on its page."""
    path = urlsplit(link).path
    length = "Content-Length: 0\n" if method == "POST" else ""
    return f"{method} {path} HTTP/1.1\nHost: {host or own(link)}\n{headers}{length}Connection: close\n\n"


def entered(link: str) -> str:
    """Enter by the link; the cookie."""
    answer = ask(link, entering(link)).decode()
    (cookie,) = [line for line in answer.splitlines() if line.lower().startswith("set-cookie:")]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Domain" not in cookie
    return cookie.split(":", 1)[1].split(";")[0].strip()


def test_w1_p20_a_wrong_or_missing_host_reads_nothing(desk: Desk, serve: Serve) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        cookie = entered(link)
        name, _, port = own(link).partition(":")
        others = (
            "127.0.0.1",
            f"127.0.0.1:{port}",
            "localhost",
            f"localhost:{port}",
            f"{name}.:{port}",
            f"x.{own(link)}",
        )
        odd = ("evil.example.org", "[::1]", f"[::1]:{port}", "127.0.0.1.", "127.0.0.1.evil.example.org", "", None)
        for host in (*others, *odd, f"{name}@evil.example.org"):
            line = "" if host is None else f"Host: {host}\n"
            answer = ask(link, f"GET / HTTP/1.1\n{line}Cookie: {cookie}\nConnection: close\n\n")
            assert status(answer) in (400, 403), host
            assert b"Acme" not in answer, host
        for host in filter(None, odd):
            answer = ask(link, f"GET {urlsplit(link).path} HTTP/1.1\nHost: {host}\nConnection: close\n\n")
            assert status(answer) in (400, 403), f"the way in is shown under {host}"
        right = ask(link, f"GET / HTTP/1.1\nHost: {own(link)}\nCookie: {cookie}\nConnection: close\n\n")
        assert b"Acme" in right


def test_w1_dns_rebinding_in_a_real_browser_is_refused(desk: Desk, serve: Serve, live: Page) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        evil = f"http://evil.example.org:{urlsplit(link).port}"
        for path in ("/", urlsplit(link).path):
            answer = live.goto(f"{evil}{path}")
            assert answer is not None
            assert answer.status in (400, 403)
            assert "Acme" not in live.content()
        enter(live, link)
        expect(live.locator("body")).to_contain_text("Acme Tools")


def test_w4_the_link_is_good_for_once_and_the_next_one_stands_in_a_file_of_the_person(
    desk: Desk, serve: Serve, live: Page, chromium: Browser
) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        assert len(link.rsplit("/", 1)[1]) >= 22, "128 bits and more"
        enter(live, link)
        expect(live.locator("body")).to_contain_text("Acme Tools")
        other = chromium.new_context().new_page()
        for address in (home(link), f"{home(link)}/letter/L1", f"{home(link)}/enter/x", f"{home(link)}/latest"):
            answer = other.goto(address)
            assert answer is not None
            assert answer.status == 403
            assert "Acme" not in other.content()
        for name in ("page.link", "page.html", "page.host"):
            assert stat.S_IMODE((desk.config.parent / name).stat().st_mode) == 0o600
        file = desk.config.parent / "page.link"
        again = desk.ok("web", "--no-open")
        assert file.read_text() in again
        enter(other, file.read_text())
        expect(other.locator("body")).to_contain_text("Acme Tools")
        other.context.close()
    assert not file.exists()
    assert not file.with_suffix(".html").exists()


def test_a_link_that_is_tried_again_ends_the_session_it_opened_and_says_why(
    desk: Desk, serve: Serve, live: Page, chromium: Browser
) -> None:
    """Somebody else was faster; the person finds out, and whoever came in is out."""
    desk.with_drafts(ACME)
    with serve() as link:
        enter(live, link)
        bystander = chromium.new_context().new_page()
        enter(bystander, (desk.config.parent / "page.link").read_text())
        person = chromium.new_context().new_page()
        person.goto(link)
        assert "Acme" in live.goto(f"{home(link)}/").text()  # type: ignore[union-attr]
        person.get_by_role("button", name="Open the page").click()
        expect(person.get_by_role("alert")).to_contain_text("somebody else may have come in by it")
        expect(person.get_by_role("alert")).to_contain_text("followup web")
        for path in ("/", "/letter/L1", "/latest"):
            answer = live.goto(f"{home(link)}{path}")
            assert answer is not None
            assert answer.status == 403
        bystander.reload()
        expect(bystander.locator("body")).to_contain_text("Acme Tools")
        person.context.close()
        bystander.context.close()


def test_a_bookmark_leads_to_the_page_also_after_a_restart(desk: Desk, serve: Serve, live: Page) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        bookmark, port = home(link), urlsplit(link).port or 0
    with serve(port=port) as link:
        assert home(link) == bookmark
        enter(live, link)
        live.goto(bookmark)
        expect(live.locator("body")).to_contain_text("Acme Tools")


@pytest.mark.parametrize("headers", ["", "Sec-Purpose: prefetch\n", "Purpose: prefetch\nSec-Fetch-Site: cross-site\n"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_only_reads_a_link_does_not_use_it_up(desk: Desk, serve: Serve, method: str, headers: str) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        for host in (urlsplit(link).netloc, own(link)):
            for _ in range(3):
                assert status(ask(link, entering(link, method, host, headers))) == 200
        assert entered(link)


def test_w4_every_answer_forbids_frames_caching_and_anything_from_elsewhere(desk: Desk, serve: Serve) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        cookie = entered(link)
        for path in ("/", "/letter/L1", "/static/page.css", "/nowhere", "/enter/x"):
            answer = ask(
                link, f"GET {path} HTTP/1.1\nHost: {own(link)}\nCookie: {cookie}\nConnection: close\n\n"
            ).decode()
            head = answer.partition("\r\n\r\n")[0].lower()
            assert "default-src 'none'" in head
            assert "frame-ancestors 'none'" in head
            assert "cache-control: no-store" in head
            assert "referrer-policy: same-origin" in head
            assert "access-control-allow" not in head
            assert "unsafe" not in head


def test_w4_two_at_the_same_moment_do_not_both_enter_and_none_stays_in(desk: Desk, serve: Serve) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        request = entering(link)
        with ThreadPoolExecutor(8) as crowd:
            answers = list(crowd.map(lambda _: ask(link, request), range(8)))
        assert sorted(status(answer) for answer in answers) == [200] + [403] * 7
        (cookie,) = re.findall(r"(?i)set-cookie: ([^;]+session|followup-[^;]+)", b"".join(answers).decode())[:1]
        answer = ask(link, f"GET / HTTP/1.1\nHost: {own(link)}\nCookie: {cookie}\nConnection: close\n\n")
        assert status(answer) == 403


def test_w4_a_key_opens_once_however_many_threads_try(tmp_path: Path) -> None:
    entrance = door.Door(tmp_path / "page.link", "page.localhost", 1)
    with ThreadPoolExecutor(8) as crowd:
        for _ in range(200):
            key = entrance.link.rsplit("/", 1)[1]
            sessions = crowd.map(lambda one: entrance.redeem(one, "page.localhost"), [key] * 8)
            assert sum(session is not None for session in sessions) == 1


def test_w4_p19_the_browser_that_is_opened_is_told_no_secret_that_others_could_read(desk: Desk, live: Page) -> None:
    desk.with_drafts(ACME)
    told = desk.folder / "told"
    browser = desk.folder / "browser"
    browser.write_text(f'#!/bin/sh\n{{ echo "$@"; env; }} > {told}.new\nmv {told}.new {told}\n')
    browser.chmod(0o700)
    env = desk.environment({"BROWSER": f"{browser} %s &", "FOLLOWUP_SMTP_PASSWORD": "canary-4711"})
    command = [*COMMAND, "web", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, text=True) as process:
        wait_until(told.exists)
        link = (desk.config.parent / "page.link").read_text()
        opened, *environment = told.read_text().splitlines()
        host = home(link).partition("//")[2].partition(":")[0]
        assert [one for one in (link, link.rsplit("/", 1)[1], host) if one in told.read_text()] == []
        assert opened == (desk.config.parent / "page.html").as_uri()
        live.goto(opened)
        live.get_by_role("button", name="Open the page").click()
        live.wait_for_url(f"{home(link)}/")
        process.terminate()
        said, _ = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert link in said
    assert host not in said
    assert "PATH" in {line.partition("=")[0] for line in environment}
    assert not [line for line in environment if line.startswith("FOLLOWUP_") or "canary" in line]


@contextmanager
def attacker(html: str, host: str = "evil.example.org") -> Iterator[str]:
    """A site of somebody else, on another port and under another name."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Site) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://{host}:{site.server_port}/"
        site.shutdown()


FORM = """<form method="post" action="{at}" id="f"><input name="digest" value="{digest}">
    <input name="seen" value="{seen}"></form><script>document.getElementById('f').submit()</script>"""
FETCH = """<script>fetch('{at}', {{method: 'POST', mode: 'no-cors', credentials: 'include',
    body: new URLSearchParams({{digest: '{digest}', seen: '{seen}'}})}})</script>"""


TRICKS = (
    FORM,
    FETCH,
    '<img src="{at}"><img src="{home}/pause"><img src="{home}/letter/L1" onerror="1">',
    '<iframe src="{home}/letter/L1"></iframe>',
    "<script>new WebSocket('{home}/latest'.replace('http', 'ws'))</script>",
)


def test_w2_another_site_changes_nothing_and_sees_nothing(desk: Desk, serve: Serve, live: Page) -> None:
    desk.use_server(2525)
    desk.with_drafts(ACME)
    letter = desk.letter("Acme Tools")
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/letter/L1")
        seen = live.locator("input[name=seen]").first.get_attribute("value")
        for trick in TRICKS:
            html = trick.format(
                at=f"{home(link)}/letter/L1/approve", home=home(link), digest=letter["digest"], seen=seen
            )
            with attacker(html) as site:
                live.goto(site)
                live.wait_for_load_state("networkidle")
                for frame in live.frames:
                    assert "Acme" not in frame.content(), trick
            assert desk.letter("Acme Tools")["state"] == "draft", trick
        assert desk.json("status")["paused"] is None


def test_w2_another_port_of_this_machine_is_sent_no_cookie_and_changes_nothing(
    desk: Desk, serve: Serve, live: Page
) -> None:
    """Whoever serves another port of 127.0.0.1 is sent what belongs to that host, and knows no other name."""
    desk.use_server(2525)
    desk.with_drafts(ACME)
    letter = desk.letter("Acme Tools")
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/letter/L1")
        seen = live.locator("input[name=seen]").first.get_attribute("value")
        plain = f"http://127.0.0.1:{urlsplit(link).port}"
        for at in (plain, home(link)):  # The second name is one that it could only guess.
            for trick in (FORM, FETCH):
                html = trick.format(at=f"{at}/letter/L1/approve", digest=letter["digest"], seen=seen)
                with attacker(html, "127.0.0.1") as site, live.expect_request("**/approve") as attack:
                    visit = live.goto(site)
                    live.wait_for_load_state("networkidle")
                assert visit is not None
                assert "cookie" not in visit.request.all_headers()
                assert "cookie" not in attack.value.all_headers()
        assert desk.letter("Acme Tools")["state"] == "draft"


@pytest.mark.parametrize(
    "headers",
    [
        "Origin: http://127.0.0.1:1\n",
        "Origin: null\n",
        "Origin: http://evil.example.org\nSec-Fetch-Site: cross-site\n",
        "Sec-Fetch-Site: same-site\n",
        "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\n",
    ],
)
def test_w2_a_form_from_elsewhere_is_refused_also_with_the_cookie_and_its_token(
    desk: Desk, serve: Serve, headers: str
) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        head = f"Host: {own(link)}\nConnection: close\n"
        state = ask(link, f"GET /state HTTP/1.1\nCookie: {entered(link)}\n{head}\n").decode()
        (cookie,) = re.findall(r"Set-Cookie: ([^;]+)", state)
        head += f"Cookie: {cookie}\n"
        body = f"csrf_token={re.findall(r'csrf_token. value=.([^>]+).>', state)[0]}"
        kind = "Content-Type: application/x-www-form-urlencoded\n"
        post = f"POST /pause HTTP/1.1\n{{}}{head}{kind}Content-Length: {len(body)}\n\n{body}"
        assert status(ask(link, post.format(headers))) == 403
        assert desk.json("status")["paused"] is None
        assert status(ask(link, post.format(f"Origin: {home(link)}\nSec-Fetch-Site: same-origin\n"))) == 303
        assert desk.json("status")["paused"] is not None
        beside = f"GET /letter/L1 HTTP/1.1\nSec-Fetch-Site: same-site\nSec-Fetch-Mode: no-cors\n{head}\n"
        assert status(ask(link, beside)) == 403


def test_a_browser_that_knows_no_such_hosts_stays_at_the_plain_address_where_no_cookie_opens_anything(
    desk: Desk, serve: Serve, need: Need, chromium: Browser
) -> None:
    desk.use_server(2525)
    desk.with_drafts(ACME)
    flags = [*FLAGS, "--host-resolver-rules=MAP *.localhost ~NOTFOUND"]
    with serve() as link:
        browser = chromium.browser_type.launch(executable_path=need("chromium"), args=flags)
        page = browser.new_page()
        page.goto(link)
        page.get_by_text("Your browser does not find it?").click()
        page.get_by_role("button", name="Stay at this address").click()
        password = page.locator("#password").inner_text()
        plain = f"http://127.0.0.1:{urlsplit(link).port}"
        credentials = {"username": "followup", "password": password, "origin": plain}
        context = browser.new_context(http_credentials=credentials)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{plain}/letter/L1")
        page.get_by_role("button", name="Approve", exact=True).click()
        expect(page.locator(".title .state")).to_have_text("approved")
        with attacker("hello", "127.0.0.1") as site:
            visit = page.goto(site)
            assert visit is not None
            headers = visit.request.all_headers()
        assert "authorization" not in headers
        cookie = headers["cookie"]
        for host in (urlsplit(link).netloc, own(link)):
            stolen = ask(link, f"GET /letter/L1 HTTP/1.1\nHost: {host}\nCookie: {cookie}\nConnection: close\n\n")
            assert status(stolen) in (401, 403)
            assert b"Acme" not in stolen
        browser.close()


def test_w2_a_form_without_its_token_does_nothing(desk: Desk, serve: Serve) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        cookie = entered(link)
        body = "went=yes"
        answer = ask(
            link,
            f"POST /letter/L1/discard HTTP/1.1\nHost: {own(link)}\nCookie: {cookie}\nConnection: close\n"
            f"Content-Type: application/x-www-form-urlencoded\nContent-Length: {len(body)}\n\n{body}",
        )
        assert status(answer) == 400
        assert b"Nothing was done" in answer
        assert desk.letter("Acme Tools")["state"] == "draft"


HOSTILE = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "{{ 7*7 }}{% for x in y %}",
    "javascript:window.hit=1//\"' onmouseover=window.hit=1",
    "</textarea><svg onload=window.hit=1>",
    "\u202egnp.exe\u2066 \x1b[31m\x07\u2028\u2029\ufeff",
)


def test_w3_p21_what_stands_in_the_sheet_is_shown_and_never_run(desk: Desk, serve: Serve, live: Page) -> None:
    desk.use_server(2525)
    desk.with_drafts(
        *(Row(f"{nasty} {place}", role=nasty, contact=f"j{place}@example.org") for place, nasty in enumerate(HOSTILE))
    )
    dialogs: list[Dialog] = []
    live.on("dialog", lambda dialog: dialogs.append(dialog))
    with serve() as link:
        enter(live, link)
        views = ["/", "/applications", "/nudges", "/state", "/letters/draft"]
        views += [f"/letter/{one['id']}" for one in desk.json("outbox")]
        for view in views:
            live.goto(f"{home(link)}{view}")
            assert live.evaluate("window.hit") is None
            assert live.locator("main script, main img, main svg").count() == 0
            assert "49" not in live.locator("h1, h3").all_inner_texts()
            for address in live.locator("main a").evaluate_all("all => all.map(one => one.href)"):
                assert address.startswith((home(link), "mailto:"))
        live.goto(f"{home(link)}/applications")
        shown = " ".join(live.locator(".application .who").all_inner_texts())
        assert all(nasty in shown for nasty in HOSTILE[:-1])
        assert "gnp.exe" in live.locator(".application bdi", has_text="gnp").first.inner_text(), "kept within its bdi"
    assert dialogs == []


def test_w3_p21_what_is_asked_refused_told_and_handed_over_is_shown_and_never_run(
    desk: Desk, serve: Serve, live: Page
) -> None:
    """The question lists, the table of columns, the difference of a stale yes, flashes, nudges, and a mailto link."""
    desk.use_server(2525)
    desk.write_settings(NUDGES="terminal")
    rows = [Row(f"{nasty} {place}", role=nasty) for place, nasty in enumerate(HOSTILE)]
    desk.save(*rows)
    desk.ok("scan")
    desk.save(*map(rejected, rows))
    desk.ok("scan")

    def harmless(what: Locator) -> None:
        expect(what).to_contain_text("window.hit=1")
        assert live.evaluate("window.hit") is None
        assert live.locator("main script, main img, main svg").count() == 0

    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/applications")
        harmless(live.locator("fieldset"))
        live.get_by_text("Which column is what").click()
        harmless(live.locator("table"))
        for nasty in HOSTILE[:2]:
            live.get_by_role("checkbox", name=nasty).check()
        live.get_by_role("button", name="Draft those ticked").click()
        live.get_by_text("Answered", exact=True).click()
        harmless(live.locator("#answered"))
        live.goto(f"{home(link)}/letter/L1")
        token = live.locator("input[name=csrf_token]").first.get_attribute("value") or ""
        live.get_by_text("Edit the words").click()
        live.get_by_label("Text").fill("\n\n".join(HOSTILE))
        live.get_by_role("button", name="Save").click()
        live.get_by_label("Address").fill("a@x.example.org")
        live.get_by_role("button", name="Update the letter").click()
        form: dict[str, str | float | bool] = {
            "csrf_token": token,
            "seen": "1",
            "shown": "\n".join(f"was {nasty}" for nasty in HOSTILE),
        }
        stale = request(live, f"{home(link)}/letter/L1/approve", method="POST", form=form)
        assert stale.status == 409
        live.set_content(stale.text())
        harmless(live.locator(".difference"))
        live.goto(f"{home(link)}/letter/L1")
        live.locator(".otherwise button").first.click()
        mailto = live.get_by_role("link", name="Open in your mail program").get_attribute("href") or ""
        assert re.fullmatch(r"mailto:[\w@.%-]*\?subject=[\w.~%/-]*&body=[\w.~%/-]*", mailto)
        form = {"csrf_token": token, "reply": HOSTILE[0], "back": "/letter/L1"}
        desk.ok("answer", "Q1", "--undo")
        with desk.parts() as parts, parts.store.transaction():
            about = [f"{nasty} column" for nasty in HOSTILE]
            parts.store.connection.execute("UPDATE question SET kind = 'column', about = ?", [json.dumps(about)])
            parts.store.connection.execute("UPDATE nudge SET state = 'delivered', body = ?", ["\n".join(HOSTILE)])
        refused = request(live, f"{home(link)}/question/Q1", method="POST", form=form)
        assert refused.ok
        live.goto(f"{home(link)}/letter/L1")
        request(live, f"{home(link)}/question/Q1", method="POST", form=form, max_redirects=0)
        live.reload()
        harmless(live.get_by_role("alert"))
        live.goto(f"{home(link)}/applications")
        harmless(live.locator("#questions ~ .card select"))
        live.goto(f"{home(link)}/nudges")
        harmless(live.locator(".card .text").first)


def test_no_request_leaves_this_machine_while_the_page_is_used(
    desk: Desk, serve: Serve, live: Page, need: Need
) -> None:
    desk.with_drafts(ACME)
    trace = desk.folder / "trace"
    strace = (need("strace"), "-D", "-f", "-e", "trace=connect", "-o", str(trace))
    with serve(before=strace) as link:
        enter(live, link)
        for path in ("/letter/L1", "/nudges", "/applications", "/state", "/letters/draft"):
            live.goto(f"{home(link)}{path}")
        live.get_by_role("link", name="Applications").click()
        live.get_by_role("button", name="Read it again").click()
    wait_until(lambda: "+++ exited" in trace.read_text())
    assert "AF_INET" not in trace.read_text()


def test_w5_a_yes_in_one_tab_to_what_another_has_changed_is_refused_and_shows_the_change(
    desk: Desk, serve: Serve, page: Page
) -> None:
    desk.use_server(2525)
    desk.with_drafts(ACME)
    with serve() as link:
        enter(page, link)
        page.goto(f"{home(link)}/letter/L1")
        other = page.context.new_page()
        other.goto(f"{home(link)}/letter/L1")
        other.get_by_text("Edit the words").click()
        other.get_by_label("Subject").fill("Something else")
        other.get_by_role("button", name="Save").click()
        expect(other.locator("#subject-shown")).to_have_text("Something else")
        page.wait_for_timeout(1500)  # A page that shows itself anew meanwhile would slip other words under the click.
        page.get_by_role("button", name="Approve", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("has changed since it was shown, so nothing was done")
        expect(page.locator(".difference .gone")).to_contain_text("Thank you for the Engineer interview")
        expect(page.locator(".difference .new")).to_contain_text("Something else")
        assert desk.letter("Acme Tools")["state"] == "draft"


def test_w5_a_double_click_the_back_button_and_a_replay_send_one_letter(desk: Desk, serve: Serve, page: Page) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        with serve() as link:
            enter(page, link)
            page.goto(f"{home(link)}/letter/L1")
            posts: list[str] = []
            page.on("request", lambda one: posts.append(one.post_data or "") if one.method == "POST" else None)
            page.get_by_role("button", name="Approve and send now").dblclick()
            wait_until(lambda: desk.letter("Acme Tools")["state"] == "sent")
            page.goto(f"{home(link)}/letter/L1")
            expect(page.locator(".title .state")).to_have_text("sent")
            page.go_back()
            replay = request(
                page,
                f"{home(link)}/letter/L1/approve",
                method="POST",
                data=posts[0],
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            )
            assert "has changed since" not in replay.text(), "it is as was wanted"
            desk.ok("tick")
        assert len(server.mails) == 1


def test_w5_eight_clicks_at_the_same_moment_are_one_yes_and_no_refusal(desk: Desk, serve: Serve, live: Page) -> None:
    desk.use_server(2525)
    desk.with_drafts(*(Row(f"Firm {place}", contact=f"jobs@f{place}.example.org") for place in range(5)))
    with serve() as link, ThreadPoolExecutor(8) as crowd:
        enter(live, link)
        for number in range(1, 6):
            live.goto(f"{home(link)}/letter/L{number}")
            (cookie,) = (f"{one['name']}={one['value']}" for one in live.context.cookies())
            form = live.locator("form[action$='/approve']").evaluate(
                "one => String(new URLSearchParams(new FormData(one)))"
            )
            request = (
                f"POST /letter/L{number}/approve HTTP/1.1\nHost: {own(link)}\nCookie: {cookie}\n"
                "Content-Type: application/x-www-form-urlencoded\nConnection: close\n"
                f"Content-Length: {len(form)}\n\n{form}"
            )
            answers = crowd.map(lambda _, words=request: status(ask(link, words)), range(8))
            assert set(answers) == {303}


def test_p3_a_second_letter_sent_now_while_the_first_is_on_its_way_goes_too(
    desk: Desk, serve: Serve, live: Page
) -> None:
    with Server(delay_after_dot=2) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME, BIRCH)
        with serve() as link:
            enter(live, link)
            for number in (1, 2):
                live.goto(f"{home(link)}/letter/L{number}")
                live.get_by_role("button", name="Approve and send now").click()
                expect(live.locator(".title .state")).to_have_text(re.compile("on its way|sent"))
            wait_until(lambda: len(server.mails) == 2)
            wait_until(lambda: [one["state"] for one in desk.json("outbox")] == ["sent", "sent"])


@pytest.mark.parametrize("words", [("web", "--no-open"), ("run", "--web")])
@pytest.mark.parametrize("hangs", [True, False])
def test_c9_a_letter_sent_from_the_page_is_finished_or_cut_short_when_the_page_ends(
    desk: Desk, serve: Serve, live: Page, words: tuple[str, ...], hangs: bool
) -> None:
    with Server(script={"dot": "hang"} if hangs else {}, delay_after_dot=2) as server:
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        with serve(*words) as link:
            enter(live, link)
            live.goto(f"{home(link)}/letter/L1")
            live.get_by_role("button", name="Approve and send now").click()
            wait_until(lambda: desk.letter("Acme Tools")["state"] == "sending")
        assert desk.letter("Acme Tools")["state"] == ("in_doubt" if hangs else "sent")
    assert len(server.mails) == (0 if hangs else 1)


def test_a_port_that_cannot_be_is_refused_before_anything_is_opened(desk: Desk) -> None:
    for words in (("web", "--no-open"), ("run", "--web")):
        result = desk.run(*words, "--port", "65536")
        assert (result.returncode, "0<=x<=65535" in result.stderr) == (2, True)


def test_the_daemon_says_that_the_page_is_served_already(desk: Desk, serve: Serve) -> None:
    desk.save(ACME)
    with serve():
        result = desk.run("run", "--web", "--port", "0")
    assert result.returncode != 0
    assert "The page is served already" in result.stderr
    assert "A daemon is already running" not in result.stderr


def test_w5_an_old_yes_does_not_come_back_after_it_was_taken_back(desk: Desk, serve: Serve, page: Page) -> None:
    desk.use_server(2525)
    desk.with_drafts(ACME)
    with serve() as link:
        enter(page, link)
        page.goto(f"{home(link)}/letter/L1")
        posts: list[str] = []
        page.on("request", lambda one: posts.append(one.post_data or "") if one.method == "POST" else None)
        page.get_by_role("button", name="Approve", exact=True).click()
        page.get_by_role("button", name="Take it back").click()
        old = request(
            page,
            f"{home(link)}/letter/L1/approve",
            method="POST",
            data=posts[0],
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert old.status == 409
        assert desk.letter("Acme Tools")["state"] == "draft"


def test_w6_no_path_leads_out_of_the_page(desk: Desk, serve: Serve) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        cookie = entered(link)
        for path in (
            "/static/../../../config.env",
            "/static/..%2f..%2f..%2fconfig.env",
            "/static/%2e%2e/base.html",
            "//etc/passwd",
            "/letter/L1.eml/../../followup.db",
            "/letter/../page.link",
        ):
            answer = ask(link, f"GET {path} HTTP/1.1\nHost: {own(link)}\nCookie: {cookie}\nConnection: close\n\n")
            assert status(answer) in (308, 400, 403, 404), path
            assert not [word for word in (b"FOLLOWUP_", b"root:", b"SQLite") if word in answer], path


def test_w6_a_download_is_named_by_letters_and_digits_whatever_the_company_is_called(
    desk: Desk, serve: Serve, live: Page
) -> None:
    desk.with_drafts(Row("../../etc/pass wd\\..\\x"))
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/letter/L1")
        live.get_by_role("button", name="Send it yourself").click()
        with live.expect_download() as download:
            live.get_by_role("link", name="Download .eml").click()
        assert download.value.suggested_filename == "L1-etc-pass-wd-x.eml"


def test_w6_a_huge_upload_and_two_lengths_are_refused(serve: Serve) -> None:
    with serve() as link:
        host = own(link)
        head = f"POST /letter/L1/edit HTTP/1.1\nHost: {host}\nConnection: close\n"
        assert status(ask(link, f"{head}Content-Length: 2147483648\n\nx")) == 413
        smuggled = f"{head}Content-Length: 6\nTransfer-Encoding: chunked\n\n0\n\nGET / HTTP/1.1\n\n"
        assert status(ask(link, smuggled)) in (400, 403)
        assert ask(link, f"GET / HTTP/1.1\nHost: {host}\nX: {'x' * 1_100_000}\n\n")[9:12] in (b"", b"431")


@pytest.mark.parametrize(
    "beginning", [b"", b"GET / HTTP/1.1\r\nX: ", b"POST /pause HTTP/1.1\r\nContent-Length: 99\r\n\r\nx"]
)
def test_w6_connections_without_a_whole_request_keep_nobody_out(desk: Desk, serve: Serve, beginning: bytes) -> None:
    """The person is answered while more of them are open than the page takes, and each goes on sending."""
    desk.with_drafts(ACME)
    with serve() as link, ExitStack() as held:
        cookie, port = entered(link), urlsplit(link).port
        slow = [held.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(600)]
        for one in slow:
            one.sendall(beginning)
        request = f"GET / HTTP/1.1\nHost: {own(link)}\nCookie: {cookie}\nConnection: close\n\n"
        for _ in range(3):
            assert b"Acme" in ask(link, request)
            for one in slow:
                with suppress(OSError):
                    one.sendall(b"x")


def test_x1_no_form_field_becomes_a_second_recipient_or_a_header(desk: Desk, serve: Serve, live: Page) -> None:
    with Server() as server:
        desk.use_server(server.port)
        desk.with_drafts(BIRCH)
        with serve() as link:
            enter(live, link)
            live.goto(f"{home(link)}/letter/L1")
            token = live.locator("input[name=csrf_token]").first.get_attribute("value") or ""

            def post(act: str, **fields: str) -> str:
                live.goto(f"{home(link)}/letter/L1")
                seen = live.locator("input[name=seen]").first.get_attribute("value") or ""
                form: dict[str, str | float | bool] = {"csrf_token": token, "seen": seen, **fields}
                return request(live, f"{home(link)}/letter/L1/{act}", method="POST", form=form).text()

            for address in (
                "a@x.example.org, b@y.example.org",
                "a@x.example.org\r\nBcc: b@y.example.org",
                "a@x\u2028.org",
            ):
                assert "is no mail address" in post("tell", to=address)
            post(
                "edit",
                subject="Hello\r\nBcc: b@y.example.org",
                text="Dear you,\n\nthank you.\n.\nBcc: c@y.example.org\n",
            )
            letter = desk.letter("Birch Paper")
            assert letter["to"] == "jobs@birch.example.org"
            assert letter["subject"] == "Hello Bcc: b@y.example.org"
            post("approve", digest=letter["digest"], when="now")
            wait_until(lambda: server.mails)
        (mail,) = server.mails
        assert mail.recipient == "jobs@birch.example.org"
        head = mail.data.partition(b"\r\n\r\n")[0]
        assert b"\r\nBcc:" not in head


def test_x2_braces_in_a_letter_block_the_yes_and_are_shown_as_they_are(desk: Desk, serve: Serve, live: Page) -> None:
    desk.use_server(2525)
    desk.with_drafts(BIRCH)
    with serve() as link:
        enter(live, link)
        live.goto(f"{home(link)}/letter/L1")
        live.get_by_text("Edit the words").click()
        live.get_by_label("Text").fill("Dear {{ name }},\n\nthank you.")
        live.get_by_role("button", name="Save").click()
        expect(live.locator("#text-shown")).to_contain_text("{{ name }}")
        expect(live.get_by_role("button", name="Approve", exact=True)).to_be_disabled()


def test_p20_the_page_listens_on_loopback_alone(desk: Desk, serve: Serve) -> None:
    desk.save(rejected(ACME))
    with serve() as link:
        port = f"{urlsplit(link).port:04X}"
        tables = [Path(f"/proc/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
        listening = [line.split()[1] for table in tables for line in table if line.split()[3] == "0A"]
        ours = {one for one in listening if one.endswith(f":{port}")}
        assert f"0100007F:{port}" in ours
        assert ours <= {f"0100007F:{port}", f"{'0' * 24}01000000:{port}"}


def test_a_port_that_somebody_has_at_the_other_loopback_address_is_not_shared(desk: Desk) -> None:
    """A browser tries both for a name of its own machine, and would send the cookie to either."""
    desk.save(ACME)
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        result = desk.run("web", "--no-open", "--port", str(other.getsockname()[1]))
    assert result.returncode == 1
    assert "cannot be used (Address already in use)" in result.stderr


def test_p25_an_odd_address_is_answered_and_nothing_breaks(desk: Desk, serve: Serve) -> None:
    desk.with_drafts(ACME)
    with serve() as link:
        cookie, host = entered(link), own(link)
        for path in (
            "/letter/L99999999999999999999",
            "/letter/L0",
            "/letter/L77",
            "/letter/L77.eml",
            "/latest/L77",
            "/application/A77",
            "/letters/nonsense",
            "/nudges/nonsense",
            "/?page=x",
            "/letters/draft?page=-3",
            "/letters/draft?page=99999999999999999999",
            "/applications?outcome=nonsense&find=%25%00%5C&page=7",
        ):
            for _ in range(2):
                answer = ask(link, f"GET {path} HTTP/1.1\nHost: {host}\nCookie: {cookie}\nConnection: close\n\n")
                assert status(answer) in (200, 404), (path, answer[:300])

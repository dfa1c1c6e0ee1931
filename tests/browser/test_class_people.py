"""People of a class in their browsers: they come in, work, are muted, removed, come again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ROOT
from tests.browser.humans import LAB, Come, people_at
from tests.classroom import HOST_KEY, hosting
from tests.labs.programs import Program
from tests.server import Playground
from tests.sweeps import in_the_soak


@pytest.fixture(scope="module")
def hosted() -> Iterator[Playground]:
    with hosting(labs_dir=ROOT / "labs", rooms_limit=100) as playground:
        yield playground


@pytest.fixture
def human(browser: Browser, hosted: Playground, page_errors: list[str]) -> Iterator[Come]:
    """Let one more person open a browser."""
    with people_at(browser, hosted.url, page_errors) as come:
        yield come
    assert page_errors == []


def test_two_browsers_and_a_terminal_chat_until_one_is_muted_and_removed(human: Come) -> None:
    nc = shutil.which("nc")
    assert nc, "this test needs nc (netcat-openbsd)"
    teacher, anna = human(), human()
    anna.come_in(teacher.make_room(), "Анна")
    expect(teacher.person("Анна").locator(".dot--on")).to_be_visible()
    room = teacher.room
    here, there = teacher.work(room), anna.work(room)
    here.start()
    there.client().press("Войти в чат")
    expect(there.cards.first).to_have_attribute("data-state", "open")
    heard = here.cards.first.locator(".chat__line--other .chat__text")
    with Program(nc, "127.0.0.1", str(here.port)) as plain:
        plain.type("привет из терминала\n")
        lines = there.cards.first.locator(".chat__line--other .chat__text")
        expect(lines.last).to_have_text("привет из терминала")
        there.client().send("привет от Анны")
        plain.wait_for("привет от Анны")
        expect(heard.last).to_have_text("привет от Анны")

        teacher.open_panel()
        teacher.do_to("Анна", "Запретить отправку")
        refused = there.desk.locator(".desk__refused")
        expect(refused).to_contain_text("запретил вам отправку")
        expect(there.cards.first).to_have_attribute("inert", "")
        teacher.do_to("Анна", "Разрешить отправку")
        expect(refused).to_be_hidden()

    anna.page.reload()
    expect(anna.page.locator(".room__button")).to_contain_text("2")
    teacher.do_to("Анна", "Удалить", "Удалить")
    end = anna.page.get_by_role("dialog")
    expect(end).to_contain_text("удалил вас из комнаты", timeout=2000)
    expect(teacher.person("Анна")).to_have_count(0)
    end.get_by_role("link").click()
    expect(anna.page.get_by_label("Код")).to_be_visible()
    expect(anna.page.locator(".door-rooms")).to_be_hidden()


def test_who_is_removed_by_mistake_is_kept(human: Come) -> None:
    teacher, anna = human(), human()
    anna.come_in(teacher.make_room(), "Анна")
    teacher.do_to("Анна", "Удалить", "Оставить")
    expect(teacher.person("Анна").get_by_role("button", name="Удалить", exact=True)).to_be_visible()
    anna.page.reload()
    expect(anna.page.locator(".room__button")).to_contain_text("2")


def test_the_host_key_leaves_no_trace_in_addresses_history_or_requests(human: Come) -> None:
    teacher = human()
    teacher.make_room()
    history = teacher.page.context.new_cdp_session(teacher.page).send("Page.getNavigationHistory")
    assert len(history["entries"]) > 1
    assert [entry["url"] for entry in history["entries"] if "#" in entry["url"]] == []
    assert teacher.asked
    for request in teacher.asked:
        assert HOST_KEY not in request.url.partition("#")[0]
        assert HOST_KEY not in request.headers.get("referer", "")


@pytest.mark.soak
def test_a_personal_link_is_the_same_person_in_another_browser(human: Come) -> None:
    teacher, anna, phone = human(), human(), human()
    anna.come_in(teacher.make_room(), "Анна")
    teacher.do_to("Анна", "Личная ссылка", "Сделать ссылку")
    link = teacher.person("Анна").locator(".person__made code")
    expect(link).to_contain_text("#token=")
    address = link.inner_text()
    token = address.partition("#token=")[2]
    expect(anna.page.get_by_role("dialog")).to_contain_text("из другого браузера")
    phone.page.goto(address)
    phone.open_panel()
    expect(phone.person("Анна").locator(".person__notes")).to_contain_text("вы")
    assert token not in phone.page.url
    assert all(token not in request.url.partition("#")[0] for request in phone.asked)
    expect(teacher.page.locator(".person")).to_have_count(2)


@pytest.mark.soak
def test_a_room_without_a_token_is_behind_its_door_and_leads_back_to_the_lab(human: Come) -> None:
    teacher, anna = human(), human()
    teacher.make_room()
    anna.page.goto(f"{anna.url}/r/{teacher.room}/labs/udp/hello?lang=ru")
    anna.page.wait_for_url(re.compile("/join/"))
    anna.say_name("Анна")
    assert anna.page.url.endswith(f"/r/{teacher.room}/labs/udp/hello")
    expect(teacher.person("Анна")).to_be_visible()


def test_what_is_wrong_at_the_door_is_said(human: Come, page_errors: list[str]) -> None:
    teacher, anna = human(), human()
    code = teacher.make_room()
    wrong = "000000" if code != "000000" else "000001"
    anna.page.goto(f"{anna.url}/join/{wrong}?lang=ru")
    anna.page.get_by_label("Ваше имя").fill("Анна")
    anna.page.get_by_role("button", name="Войти").click()
    expect(anna.page.get_by_role("alert")).to_contain_text("Комнаты с таким кодом нет")
    teacher.page.get_by_text("Запереть дверь").click()
    expect(teacher.page.get_by_role("switch")).to_be_checked()
    anna.page.goto(f"{anna.url}/join/{code}")
    anna.page.get_by_label("Ваше имя").fill("Анна")
    anna.page.get_by_role("button", name="Войти").click()
    expect(anna.page.get_by_role("alert")).to_contain_text("Дверь этой комнаты заперта")
    assert len(page_errors) == 2  # the browser's own word on 404 and 403
    page_errors.clear()


@pytest.mark.soak
def test_a_page_goes_where_its_person_works(human: Come) -> None:
    teacher, anna = human(), human()
    anna.come_in(teacher.make_room("watch"), "Анна")
    room = anna.room
    bench = anna.work(room)
    expect(bench.panel.get_by_role("button", name="Запустить", exact=True)).to_be_disabled()
    expect(bench.panel.locator(".refused")).to_contain_text("гости смотрят")
    bar = anna.page.locator(".bar__line[data-kind=place]")

    teacher.page.locator("input[value=own_desks]").check()
    anna.page.wait_for_url(f"**/r/{room}.p2/labs/{LAB}*")
    expect(bar).to_contain_text("ваше рабочее место")
    bench.start()
    bar.get_by_role("link").click()
    expect(bar).to_contain_text("комната класса")
    expect(bench.panel.get_by_role("button", name="Запустить", exact=True)).to_be_disabled()
    bar.get_by_role("link").click()
    expect(bench.state).to_have_attribute("data-state", "listening")

    teacher.page.locator("input[value=together]").check()
    anna.page.wait_for_url(f"**/r/{room}/labs/{LAB}*")
    expect(bar).to_contain_text("снова работает в общей комнате")


@pytest.mark.soak
def test_a_closed_room_says_so(human: Come) -> None:
    teacher, anna = human(), human()
    anna.come_in(teacher.make_room(), "Анна")
    expect(anna.page.locator(".room__button")).to_contain_text("2")
    ends = teacher.page.locator(".settings__ends")
    ends.get_by_role("button", name="Закрыть комнату").click()
    ends.get_by_role("button", name="Закрыть", exact=True).click()
    for one in (teacher, anna):
        expect(one.page.get_by_role("dialog")).to_contain_text("комната закрыта")


@pytest.mark.soak
@pytest.mark.parametrize("lab", ["chat/window", *in_the_soak("chat/login")])
def test_people_are_called_in_a_chat_what_they_are_called_in_the_class(
    human: Come, lab: str
) -> None:
    teacher, anna = human(), human()
    anna.come_in(teacher.make_room(host="Ольга Ивановна"), "Анна: группа 2")
    expect(teacher.person("Ольга Ивановна").locator(".person__notes")).to_contain_text("вы")
    here, there = teacher.work(teacher.room, lab), anna.work(anna.room, lab)
    expect(here.cards.first.get_by_label("Логин")).to_have_value("Ольга Ивановна")
    login = there.cards.first.get_by_label("Логин")
    expect(login).to_have_value("Анна группа 2")
    there.add_client()
    expect(there.cards.nth(1).get_by_label("Логин")).to_have_value("Анна группа 2 2")
    login.fill("Аня")
    there.add_client()
    expect(there.cards).to_have_count(3)
    expect(login).to_have_value("Аня")


@pytest.mark.soak
def test_a_guest_reads_what_a_program_takes_of_guests(human: Come) -> None:
    teacher, anna = human(), human()
    anna.come_in(teacher.make_room("own_desks"), "Анна")
    bench = anna.work(anna.room, "tcp/time")
    form = bench.panel.locator(".run__form")
    expect(form).to_contain_text("Гостям можно: --interval от 0,5 до 60")
    bench.press_start(args="--host 0.0.0.0")
    expect(form.get_by_role("alert")).to_have_text("Гостям нельзя: --host")
    expect(bench.failure).to_have_count(1)
    bench.press_start(args="--interval 0.1")
    expect(form.get_by_role("alert")).to_have_text("Гостям нельзя: --interval")
    bench.start(args="--interval 2")
    expect(form.get_by_role("alert")).to_have_count(0)
    expect(bench.console.locator(".allowed")).to_contain_text("name: текст до 40 символов")
    expect(teacher.work(teacher.room, "tcp/time").page.locator(".allowed")).to_have_count(0)

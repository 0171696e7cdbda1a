"""What a person reads."""

from dataclasses import replace

from harness.model import Place, Repair
from harness.reports.checked import Checked, Options
from harness.reports.formats import text
from harness.reports.line import text_of


def printed(*checked: Checked, options: Options | None = None) -> list[str]:
    return [text_of(line) for line in text.render(checked, options or Options())]


def test_a_finding_is_a_block_with_its_place_its_events_and_what_to_do(diverging: Checked) -> None:
    assert printed(diverging)[:10] == [
        "CNT401 text-deltas-differ-from-done                                      error · server · documented",
        "  --> logs/call.yaml:214  event #31 (+3.112 s)  response.text.delta",
        '   the deltas say " fro" where the final text says " for"',
        "   response resp_…A5Wn / output 0 / content 0, opened at line 150",
        '   198  +3.090  < response.text.delta  "Hey!"',
        '   206  +3.101  < response.text.delta  " thanks"',
        '   214  +3.112  < response.text.delta  " fro"   <-- diverges here',
        '   300  +3.180  < response.text.done   "Hey! thanks for calling"   <-- the final text',
        '  expected  " for"',
        "  do        trust `done`; report this to the server",
    ]


def test_a_finding_about_the_whole_log_shows_no_event(diverging: Checked) -> None:
    assert printed(diverging)[11:15] == [
        "ADV101 voice-was-not-set                                                       note · client · house",
        "  --> logs/call.yaml:1",
        "   the session ran on the default voice",
        "",
    ]


def test_the_summary_counts_findings_entries_and_the_rules_that_did_not_run(diverging: Checked) -> None:
    assert printed(diverging)[-1] == (
        "logs/call.yaml: 1 error, 1 note · openai-beta · 33 entries, 32 events · 1 rule exercised, 3 not"
    )


def test_a_session_without_findings_is_clean(clean: Checked) -> None:
    assert printed(clean) == ["logs/call.yaml: clean · openai-beta · 33 entries, 32 events · 1 rule exercised, 3 not"]


def test_a_torn_log_says_so_in_its_summary(torn: Checked) -> None:
    assert "clean, only partly read" in printed(torn)[0]


def test_several_sessions_end_with_a_total(clean: Checked, diverging: Checked, torn: Checked) -> None:
    assert printed(clean, diverging, torn)[-1] == "3 sessions: 1 clean, 1 with errors, 1 only partly read"


def test_verbose_names_the_rules_that_did_not_run_by_reason(clean: Checked) -> None:
    assert printed(clean, options=Options(verbose=True))[1:] == [
        "  not exercised: no stamps: TIM101 TIM102",
        "  not exercised: no tool call: CAU201",
    ]


def test_repairs_are_listed_with_place_before_after_and_confidence(clean: Checked) -> None:
    repair = Repair(Place("", 14, 1), "indentation-rebuilt", "type: server_vad", "  type: server_vad", 0.5)
    repaired = Checked(replace(clean.report, repairs=(repair,)))
    lines = printed(repaired, options=Options(repairs=True))
    assert lines[0] == ("<text>:14:1  indentation-rebuilt  'type: server_vad' -> '  type: server_vad'  confidence 0.50")
    assert "1 repair ·" in lines[1]
    assert len(printed(repaired)) == 1


def test_a_log_without_stamps_shows_no_times(diverging: Checked) -> None:
    context = {seq: one._replace(since_start_ns=None) for seq, one in diverging.context.items()}
    lines = printed(replace(diverging, context=context))
    assert lines[1] == "  --> logs/call.yaml:214  event #31  response.text.delta"
    assert lines[4] == '   198    < response.text.delta  "Hey!"'


def test_standard_input_is_called_by_its_name(clean: Checked) -> None:
    assert printed(replace(clean, report=replace(clean.report, path="-")))[0].startswith("<stdin>: clean")


def test_event_types_that_were_expected_stand_as_they_are(diverging: Checked) -> None:
    finding = replace(diverging.report.findings[0], expected=("response.text.delta", "response.text.done"))
    lines = printed(replace(diverging, report=replace(diverging.report, findings=(finding,))))
    assert "  expected  response.text.delta | response.text.done" in lines

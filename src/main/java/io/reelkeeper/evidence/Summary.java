package io.reelkeeper.evidence;

import io.reelkeeper.provider.CallJournal;
import io.reelkeeper.session.SessionView;
import io.reelkeeper.session.state.Session;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The evidence in words: what was asked, what Agora said, what the bucket holds, and what does not
/// agree.
final class Summary {

  /// What happens all the time and explains nothing.
  private static final Set<String> EVERYDAY = Set.of("PROVEN_AGAIN", "POSTPONED", "PAGE_ALIVE");

  /// A story of more lines is read in the timeline.
  private static final int MOST_LINES = 400;

  private final Session session;
  private final SessionView view;
  private final Instant now;
  private final List<String> story = new ArrayList<>();
  private final Map<String, Integer> calls = new TreeMap<>();
  private final List<String> requestIds = new ArrayList<>();
  private int moments;

  Summary(Session session, SessionView view, Instant now) {
    this.session = session;
    this.view = view;
    this.now = now;
  }

  void add(CallJournal.Entry call) {
    calls.merge(call.operation() + ", " + call.outcome(), 1, Integer::sum);
    boolean telling = !call.operation().equals("query") || !call.outcome().equals("granted");
    if (call.requestId() != null && telling && requestIds.size() < MOST_LINES) {
      requestIds.add(
          "| %s | %d | %s | %s | %s | `%s` |"
              .formatted(
                  call.at(),
                  call.task(),
                  call.operation(),
                  call.outcome(),
                  call.httpStatus() == null ? "none" : call.httpStatus(),
                  call.requestId()));
    }
  }

  void add(Moment moment) {
    boolean telling =
        !moment.kind().equals("request")
            && !EVERYDAY.contains(moment.detail().path("rule").asString(""));
    if (telling) {
      moments++;
      if (story.size() < MOST_LINES) {
        story.add(
            "| %s | %s | %s | %s |"
                .formatted(
                    moment.at(),
                    moment.task() == null ? "" : moment.task(),
                    moment.kind(),
                    cell(moment.summary())));
      }
    }
  }

  String text() {
    var text = new StringBuilder();
    line(text, "# Recording of %s (%s)", plain(session.channel()), session.mode().word());
    line(text, "");
    line(text, "Session `%s` of App ID alias `%s`, as it was at %s.", view.id(), view.app(), now);
    line(text, "Status **%s**%s.", view.status(), because(view.reason()));
    line(text, "Asked for at %s; over at %s.", view.createdAt(), orDash(view.stoppedAt()));
    line(text, "");
    line(text, "## What we asked for");
    line(text, "");
    SessionView.Storage place = view.storage();
    line(
        text,
        "Files belong to bucket `%s` (%s, %s), folder `%s`, storage profile `%s`. Every start sent"
            + " exactly this place (`%s`).",
        place.bucket(),
        place.vendor(),
        place.region(),
        String.join("/", place.prefix()),
        place.profile(),
        place.fingerprint());
    line(text, "");
    line(text, "## Recorders");
    line(text, "");
    line(text, "| Task | sid | UID | Cause | Status | Started | Confirmed | Ended | End |");
    line(text, "|---|---|---|---|---|---|---|---|---|");
    for (SessionView.TaskView task : view.tasks()) {
      line(
          text,
          "| %d | `%s` | %s | %s | %s | %s | %s | %s | %s |",
          task.number(),
          orDash(task.sid()),
          task.uid(),
          task.cause(),
          task.status(),
          orDash(task.startedAt()),
          orDash(task.confirmedAt()),
          orDash(task.endedAt()),
          orDash(task.endReason()));
    }
    line(text, "");
    line(text, "## What the bucket holds");
    line(text, "");
    long present = view.files().stream().filter(it -> Boolean.TRUE.equals(it.present())).count();
    long lacking = view.files().stream().filter(it -> Boolean.FALSE.equals(it.present())).count();
    line(
        text,
        "Audit **%s**: %d files are there, %d are not, %d were not looked for yet.",
        view.audit().status(),
        present,
        lacking,
        view.files().size() - present - lacking);
    line(text, "");
    if (view.audit().findings().isEmpty()) {
      line(text, "Nothing disagrees.");
    }
    view.audit()
        .findings()
        .forEach(
            finding ->
                line(
                    text,
                    "- **%s**: %s%s%s",
                    finding.kind(),
                    plain(finding.detail()),
                    finding.file() == null ? "" : " (`" + plain(finding.file()) + "`)",
                    finding.profile() == null ? "" : " [profile " + finding.profile() + "]"));
    line(text, "");
    line(text, "## What was asked of Agora");
    line(text, "");
    line(text, "| Request | Times |");
    line(text, "|---|---|");
    calls.forEach((call, times) -> line(text, "| %s | %d |", call, times));
    line(text, "");
    line(text, "| At | Task | Request | Outcome | HTTP | X-Request-Id |");
    line(text, "|---|---|---|---|---|---|");
    requestIds.forEach(row -> line(text, "%s", row));
    line(text, "");
    line(text, "## What happened");
    line(text, "");
    line(text, "| At | Task | Kind | What |");
    line(text, "|---|---|---|---|");
    story.forEach(row -> line(text, "%s", row));
    if (moments > story.size()) {
      line(text, "");
      line(text, "%d more are in `timeline.json`.", moments - story.size());
    }
    line(text, "");
    line(
        text,
        "`calls.json` holds every request and answer, `notifications.json` what Agora told by"
            + " itself, `timeline.json` all of it in the order of time. Secrets are replaced by"
            + " `fp:<fingerprint>`, equal for equal secrets. Queries that only proved the recording"
            + " and other everyday lines are left out here.");
    return text.toString();
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(values.length == 0 ? format : format.formatted(values)).append('\n');
  }

  private static String because(@Nullable String reason) {
    return reason == null ? "" : " (" + reason + ")";
  }

  private static Object orDash(@Nullable Object value) {
    return value == null ? "-" : value;
  }

  /// A bar would end the cell.
  private static String cell(String text) {
    return plain(text).replace("|", "\\|");
  }

  /// Names in a bucket are whatever somebody wrote there: none begins a line or ends a code here.
  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", " ").replace('`', '\'');
  }
}

package io.reelkeeper.proof.check;

import static java.time.temporal.ChronoUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.proof.check.Checker.Violation;
import io.reelkeeper.proof.check.Checker.When;
import io.reelkeeper.proof.check.Evidence.Delivery;
import io.reelkeeper.proof.check.Evidence.Event;
import io.reelkeeper.proof.check.Evidence.Exchange;
import io.reelkeeper.proof.check.Evidence.Limits;
import io.reelkeeper.proof.check.Evidence.Outage;
import io.reelkeeper.proof.check.Evidence.Recorder;
import io.reelkeeper.proof.check.Evidence.SessionRow;
import io.reelkeeper.proof.check.Evidence.Step;
import io.reelkeeper.proof.check.Evidence.TaskRow;
import io.reelkeeper.proof.check.Evidence.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A trial in which all is well has no violation, and each thing that goes wrong in it has one.
final class CheckerTest {

  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final UUID SESSION = UUID.fromString("0199f0c2-0000-7000-8000-000000000001");
  private static final String CHANNEL = "math-101";
  private static final String SECRET = "a-secret";

  private final List<Recorder> recorders = new ArrayList<>();
  private final List<Delivery> deliveries = new ArrayList<>();
  private final List<SessionRow> sessions = new ArrayList<>();
  private final List<TaskRow> tasks = new ArrayList<>();
  private final Map<String, String> inbox = new HashMap<>();
  private final List<Step> history = new ArrayList<>();
  private final List<Timer> timers = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private final List<Exchange> exchanges = new ArrayList<>();
  private final List<Outage> outages = new ArrayList<>();
  private final Map<String, String> texts = new HashMap<>();
  private int mostInASecond = 10;

  /// One recording, accepted at once, ready after three seconds, looked at after a minute.
  CheckerTest() {
    sessions.add(new SessionRow(SESSION, CHANNEL, "recording", null));
    tasks.add(task(1, "requested", "live", "7", "sid-1"));
    recorders.add(recorder("7", "sid-1", 0, null));
    deliveries.add(new Delivery(at(3), "notice-1", "sid-1", 13, 200));
    inbox.put("notice-1", "done");
    history.add(step(1, "StartGranted", "starting", "starting"));
    history.add(step(5, "QueryAnswered", "starting", "recording"));
    timers.add(new Timer("QUERY", SESSION + "/1", at(70), false));
    events.add(new Event(SESSION, "session.recording", at(5)));
    exchanges.add(answer(1, "start", 201, "starting", "{}"));
    exchanges.add(answer(6, "get", 200, "recording", "{}"));
    texts.put("service.log", "all is well");
  }

  private static Instant at(int seconds) {
    return START.plus(seconds, SECONDS);
  }

  private static Recorder recorder(String uid, String sid, int from, @Nullable Integer until) {
    return new Recorder(
        CHANNEL,
        uid,
        "resource-of-" + sid,
        sid,
        at(from),
        at(from + 3),
        until == null ? null : at(until));
  }

  private static TaskRow task(
      int number, String cause, String status, String uid, @Nullable String sid) {
    return new TaskRow(
        SESSION,
        number,
        CHANNEL,
        uid,
        status,
        cause,
        true,
        false,
        sid == null ? null : "resource-of-" + sid,
        sid,
        sid == null ? null : at(0),
        sid == null ? null : at(5));
  }

  private static Step step(int seconds, String signal, String before, String after) {
    return new Step(SESSION, 1, at(seconds), signal, "RULE", before, after);
  }

  private static Exchange answer(int seconds, String what, int status, String said, String body) {
    return new Exchange(
        at(seconds - 1), at(seconds), what, CHANNEL, "key", status, SESSION, said, body);
  }

  private void end(String status) {
    sessions.set(0, new SessionRow(SESSION, CHANNEL, status, at(50)));
    recorders.set(0, recorder("7", "sid-1", 0, 50));
    history.add(step(45, "StopAsked", "recording", "stopping"));
    history.add(step(50, "StopAnswered", "stopping", status));
    timers.clear();
  }

  private List<Violation> found(When when) {
    return Checker.violations(
        new Evidence(
            at(60),
            new Limits(10, Duration.ofSeconds(10), Duration.ofSeconds(12), Duration.ofSeconds(6)),
            mostInASecond,
            recorders,
            deliveries,
            sessions,
            tasks,
            inbox,
            history,
            timers,
            events,
            exchanges,
            outages,
            texts,
            List.of(SECRET)),
        when);
  }

  private void isFound(String goal, String what) {
    isFound(When.SETTLED, goal, what);
  }

  private void isFound(When when, String goal, String what) {
    assertThat(found(when))
        .anySatisfy(
            violation -> {
              assertThat(violation.goal()).isEqualTo(goal);
              assertThat(violation.what()).contains(what);
            });
  }

  @Test
  void aRecordingThatGoesWell() {
    assertThat(found(When.SETTLED)).isEmpty();
  }

  @Test
  void aRecordingThatWasStopped() {
    end("stopped");
    exchanges.add(answer(51, "stop", 200, "stopped", "{}"));

    assertThat(found(When.SETTLED)).isEmpty();
  }

  @Test
  void anAcknowledgedNoticeThatIsMissing() {
    inbox.clear();

    isFound(When.ALWAYS, "R1", "acknowledged and is missing");
  }

  @Test
  void aNoticeThatWasRefusedMayBeMissing() {
    deliveries.add(new Delivery(at(4), "notice-2", "sid-1", 40, 503));

    assertThat(found(When.SETTLED)).isEmpty();
  }

  @Test
  void aNoticeThatNeverGotToItsSession() {
    inbox.put("notice-1", "held");

    assertThat(found(When.ALWAYS)).isEmpty();
    isFound("R1", "is still held");
  }

  @Test
  void aStartThatWasAcknowledgedAndIsMissing() {
    sessions.clear();

    isFound(When.ALWAYS, "R1", "acknowledged and is missing");
  }

  @Test
  void aStopThatWasAcknowledgedAndLost() {
    exchanges.add(answer(20, "stop", 202, "stopping", "{}"));

    isFound(When.ALWAYS, "R1", "acknowledged and lost");
  }

  @Test
  void aStopThatNeverEnds() {
    sessions.set(0, new SessionRow(SESSION, CHANNEL, "stopping", null));
    history.add(step(20, "StopAsked", "recording", "stopping"));
    exchanges.add(answer(20, "stop", 202, "stopping", "{}"));

    assertThat(found(When.ALWAYS)).isEmpty();
    isFound("R2", "still stopping");
  }

  @Test
  void aClaimToACallerBeforeAnythingWasReady() {
    exchanges.add(answer(2, "get", 200, "recording", "{}"));

    isFound(When.ALWAYS, "R2", "a caller");
  }

  @Test
  void aClaimToTheBusinessBeforeAnythingWasReady() {
    events.add(new Event(SESSION, "session.recording", at(1)));

    isFound(When.ALWAYS, "R2", "the business");
  }

  @Test
  void aSessionThatClaimsToRecordWhileNothingRuns() {
    recorders.set(0, recorder("7", "sid-1", 0, 30));

    isFound("R2", "nothing runs");
  }

  @Test
  void aRecorderThatRunsAndThatNobodyKnows() {
    tasks.add(task(2, "not-found", "intended", "8", null));
    recorders.add(recorder("8", "sid-2", 20, null));

    isFound("R2", "sid-2 runs and is unknown");
  }

  @Test
  void aRecorderThatNobodyOrdered() {
    recorders.add(recorder("9", "sid-9", 20, 30));

    isFound(When.ALWAYS, "R3", "no task explains recorder sid-9");
  }

  @Test
  void twoRecordersUnderOneUidAtOnce() {
    tasks.add(task(2, "not-found", "ended", "7", "sid-2"));
    recorders.add(recorder("7", "sid-2", 20, 40));

    isFound(When.ALWAYS, "R3", "ran at once under UID 7");
  }

  @Test
  void oneUidAfterItsFirstRecorderHasEnded() {
    tasks.set(0, task(1, "requested", "ended", "7", "sid-1"));
    tasks.add(task(2, "not-found", "live", "7", "sid-2"));
    recorders.set(0, recorder("7", "sid-1", 0, 20));
    recorders.add(recorder("7", "sid-2", 25, null));

    assertThat(found(When.SETTLED)).isEmpty();
  }

  @Test
  void twoRecordersOfOneSessionInTheEnd() {
    tasks.add(task(2, "not-found", "live", "8", "sid-2"));
    recorders.add(recorder("8", "sid-2", 20, null));

    assertThat(found(When.ALWAYS)).isEmpty();
    isFound("R3", "2 recorders run");
  }

  @Test
  void aRecorderThatRunsOnAfterTheEnd() {
    end("stopped");
    recorders.set(0, recorder("7", "sid-1", 0, null));

    isFound("R3", "is stopped and 1 recorders run");
  }

  @Test
  void anUnknownStartThatNobodyWasTold() {
    tasks.add(task(2, "not-found", "unknown", "8", null));

    isFound("R3", "nobody was told");
    events.add(new Event(SESSION, "task.unknown", at(30)));
    assertThat(found(When.SETTLED)).isEmpty();
  }

  @Test
  void aSecondTaskWithoutAReason() {
    tasks.add(task(2, "requested", "ended", "8", "sid-2"));
    recorders.add(recorder("8", "sid-2", 20, 30));

    isFound("R3", "has no reason");
  }

  @Test
  void anErrorOfOurs() {
    exchanges.add(answer(7, "get", 500, "", "oops"));

    isFound(When.ALWAYS, "R5", "was answered 500");
  }

  @Test
  void aDatabaseThatIsAwayIsNoErrorOfOurs() {
    exchanges.add(answer(7, "get", 503, "", "away"));

    assertThat(found(When.SETTLED)).isEmpty();
  }

  @Test
  void oneKeyAndTwoAnswers() {
    exchanges.add(answer(8, "start", 201, "starting", "{ }"));

    isFound(When.ALWAYS, "R7", "had two answers");
  }

  @Test
  void oneKeyAndTwoSessions() {
    UUID other = UUID.fromString("0199f0c2-0000-7000-8000-000000000002");
    sessions.add(new SessionRow(other, CHANNEL, "starting", null));
    exchanges.add(
        new Exchange(at(8), at(9), "start", CHANNEL, "key", 202, other, "starting", "{}"));

    isFound(When.ALWAYS, "R7", "led to two sessions");
  }

  @Test
  void moreRequestsThanAllowed() {
    mostInASecond = 11;

    isFound(When.ALWAYS, "R6", "11 requests in one second");
  }

  @Test
  void anIllegalMove() {
    sessions.set(0, new SessionRow(SESSION, CHANNEL, "starting", null));
    history.add(step(20, "Noticed", "recording", "starting"));

    isFound(When.ALWAYS, "R10", "no legal move");
  }

  @Test
  void aHistoryWithAGap() {
    history.remove(1);
    history.add(step(20, "Noticed", "recording", "recording"));

    isFound(When.ALWAYS, "R10", "begins at recording, not at starting");
  }

  @Test
  void aStateThatNoHistoryLeadsTo() {
    sessions.set(0, new SessionRow(SESSION, CHANNEL, "failed", at(40)));

    isFound(When.ALWAYS, "R10", "its history ends at recording");
  }

  @Test
  void aWatchdogThatWasEarly() {
    history.add(step(9, "HaDue", "recording", "recording"));

    isFound(When.ALWAYS, "R12", "early");
  }

  @Test
  void aReplacementBeforeTheWatchdogsTimeByAgorasClock() {
    tasks.add(task(2, "ha-not-registered", "ended", "8", "sid-2"));
    recorders.add(recorder("8", "sid-2", 9, 30));

    isFound(When.ALWAYS, "R12", "before its time");
  }

  @Test
  void aWatchdogThatWasLateWithoutAReason() {
    history.add(step(23, "HaDue", "recording", "recording"));

    isFound(When.ALWAYS, "R4", "late");
    outages.add(new Outage(at(9), at(15)));
    assertThat(found(When.SETTLED)).isEmpty();
  }

  @Test
  void aTimerThatNobodyRuns() {
    timers.add(new Timer("QUERY", SESSION + "/1", at(40), false));

    isFound("R4", "overdue");
  }

  @Test
  void aSessionThatWaitsForNothing() {
    timers.clear();

    isFound("R4", "waits for nothing");
  }

  @Test
  void aSecretInALog() {
    texts.put("service.log", "using " + SECRET);

    isFound(When.ALWAYS, "I9", "service.log");
  }

  @Test
  void aSecretInAnAnswer() {
    exchanges.add(answer(7, "get", 200, "recording", "{\"secret\": \"" + SECRET + "\"}"));

    isFound(When.ALWAYS, "I9", "in an answer");
  }
}

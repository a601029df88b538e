package io.reelkeeper.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.session.History;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.Task.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ToldTest {

  private static final String SID = "38f8e3cfdc474cd56fc1ceba380d7e1a";
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

  private final List<History.Entry> history = new ArrayList<>();

  private static Task ended(String why) {
    Task.Edit edit = Task.intended(1, "4000000001", Cause.REQUESTED, 0, START).edit();
    edit.sid = SID;
    edit.status = Task.Status.ENDED;
    edit.startedAt = START;
    edit.confirmedAt = START.plusSeconds(5);
    edit.provenAt = START.plusSeconds(500);
    edit.endedAt = START.plusSeconds(605);
    edit.endReason = why;
    return edit.done();
  }

  private ToldTest heard(String signal, int second, String detail) {
    history.add(
        new History.Entry(
            history.size() + 1,
            START.plusSeconds(second),
            1,
            signal,
            "NOTED",
            "recording",
            "recording",
            JsonMapper.shared().readTree(detail)));
    return this;
  }

  private ToldTest noticed(int type, int second, String what) {
    return heard(
        "Noticed",
        second,
        """
        {"eventType": %d, "sid": "%s", "sendts": %d, "what": %s}
        """
            .formatted(type, SID, START.plusSeconds(second).toEpochMilli(), what));
  }

  private ToldTest stream(int second, String uid, boolean received) {
    return noticed(
        43,
        second,
        """
        {"streamUid": "%s", "received": %s, "atMs": %d}
        """
            .formatted(uid, received, START.plusSeconds(second).toEpochMilli()));
  }

  private Told told(String endReason) {
    Told told = Told.about(ended(endReason));
    history.forEach(told::hear);
    return told;
  }

  private static Coverage.Hole time(int from, int to) {
    return new Coverage.Hole(
        START.plusSeconds(from).toEpochMilli(), START.plusSeconds(to).toEpochMilli());
  }

  @Test
  void withoutAnyWordNothingIsKnownOfMedia() {
    assertThat(told("stopped").media()).isFalse();
    assertThat(told("stopped").inWords()).isEqualTo("nothing about files");
    assertThat(heard("QueryAnswered", 60, "{\"status\": 5}").told("stopped").media()).isTrue();
  }

  @Test
  void aStopThatNamesFilesSaysThatThereAreSome() {
    heard(
        "StopAnswered", 60, "{\"task\": 1, \"files\": [\"a.m3u8\"], \"uploading\": \"uploaded\"}");

    assertThat(told("stopped").media()).isTrue();
    assertThat(told("stopped").uploaded()).isFalse();
    assertThat(told("stopped").backedUp()).isFalse();
    assertThat(told("stopped").inWords()).isEqualTo("\"uploaded\" to the stop");
  }

  @Test
  void aStopThatSaysSoIsAsGoodAsTheNoticeOfABackup() {
    heard("StopAnswered", 60, "{\"task\": 1, \"files\": [], \"uploading\": \"backuped\"}");

    assertThat(told("stopped").backedUp()).isTrue();
    assertThat(told("stopped").media()).isTrue();
  }

  @Test
  void aStopOfBeforeUploadsWereNotedSaysNothingOfThem() {
    heard("StopAnswered", 60, "{\"task\": 1, \"outcome\": \"DONE\", \"files\": []}");

    assertThat(told("stopped").media()).isFalse();
    assertThat(told("stopped").backedUp()).isFalse();
  }

  @Test
  void noticesOfAnotherSidTellNothing() {
    heard("Noticed", 1, "{\"eventType\": 31, \"sid\": \"another\", \"what\": {}}");

    assertThat(told("stopped").uploaded()).isFalse();
  }

  @Test
  void anUploadThatFailedIsAnErrorAndOtherErrorsAreNot() {
    noticed(1, 10, "{\"module\": 1, \"code\": 47, \"text\": \"upload failed\"}");
    noticed(1, 11, "{\"module\": 0, \"code\": 109, \"text\": \"token\"}");

    assertThat(told("stopped").errors()).containsExactly("error 47 of module 1: upload failed");
    assertThat(told("stopped").media()).isTrue();
  }

  @Test
  void itShouldRecordFromItsConfirmationToTheMomentItWasAskedToStop() {
    heard("StopAsked", 600, "{\"reason\": \"requested\"}");

    assertThat(told("stopped").from()).isEqualTo(START.plusSeconds(5));
    assertThat(told("stopped").to(Duration.ofSeconds(300))).isEqualTo(START.plusSeconds(600));
  }

  @Test
  void itShouldNotRecordBeforeTheFirstStreamCame() {
    noticed(42, 60, "{\"startMs\": %d}".formatted(START.plusSeconds(45).toEpochMilli()));

    assertThat(told("stopped").from()).isEqualTo(START.plusSeconds(45));
  }

  @Test
  void whatWasLostIsExpectedUntilItsLastProofAndWhatWasIdleUntilItWasAlone() {
    Duration idle = Duration.ofSeconds(300);

    assertThat(told("not-found").to(idle)).isEqualTo(START.plusSeconds(500));
    assertThat(told("idle").to(idle)).isEqualTo(START.plusSeconds(305));
  }

  @Test
  void itIsSilentWhileNobodySendsInWhateverOrderThatIsTold() {
    stream(300, "1", false).stream(20, "1", true).stream(320, "2", false).stream(30, "2", true);
    stream(400, "1", true);

    Told told = told("stopped");

    assertThat(told.silences(START, START.plusSeconds(600)))
        .containsExactly(time(0, 20), time(320, 400));
    assertThat(told.silences(START.plusSeconds(50), START.plusSeconds(350)))
        .containsExactly(time(320, 350));
  }

  @Test
  void whereStreamsAreNotToldNothingIsSilent() {
    assertThat(told("stopped").silences(START, START.plusSeconds(600))).isEmpty();
  }
}

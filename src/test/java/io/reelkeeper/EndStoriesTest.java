package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.sandbox.Faults.NoticeFault;
import io.reelkeeper.sandbox.recorder.Channel.User;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How recordings end, in every way that nobody asked for, told from outside.
class EndStoriesTest {

  private static final String UPLOADED = "{\"msgName\":\"uploaded\",\"status\":0,\"fileList\":[]}";

  private World world;

  @BeforeEach
  void world() {
    world = World.fresh();
  }

  private World.Recording recording(String more) {
    World.Recording lesson = world.starts("math-101", more);
    world.passesSeconds(10);
    assertThat(lesson.status()).isEqualTo("recording");
    return lesson;
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 31, 32, 41})
  void eachNoticeOfAnEndReplacesOnceWhateverFollows(int first) {
    World.Recording lesson = recording("");
    String sid = lesson.task(0).path("sid").stringValue();
    String uid = lesson.task(0).path("uid").stringValue();
    List.of(11, 31, 32, 41).forEach(type -> world.faults().notices(NoticeFault.LOSE, type));
    world.sandbox().leave("math-101");

    end(first, sid, uid);
    for (int type : new int[] {31, 11, 41, 32, first}) {
      end(type, sid, uid);
    }
    world.passesSeconds(30);

    assertThat(lesson.tasks()).isEqualTo("ended/requested live/exited");
    assertThat(lesson.task(0).path("sid").stringValue()).isEqualTo(sid);
    String second = lesson.task(1).path("sid").stringValue();
    end(31, sid, uid);
    end(41, sid, uid);
    assertThat(lesson.task(1).path("sid").stringValue()).as("a former sid").isEqualTo(second);
    assertThat(lesson.tasks()).isEqualTo("ended/requested live/exited");
  }

  private void end(int type, String sid, String uid) {
    String details =
        switch (type) {
          case 11 -> "{\"msgName\":\"session_exit\",\"exitStatus\":0}";
          case 41 -> "{\"msgName\":\"recorder_leave\",\"leaveCode\":16}";
          default -> UPLOADED;
        };
    world.notified(type, sid, "math-101", uid, details);
  }

  @Test
  void anEndToldByTheRecorderBeforeTheFailoverEndsNothing() {
    World.Recording lesson = recording("");
    String sid = lesson.task(0).path("sid").stringValue();
    String uid = lesson.task(0).path("uid").stringValue();

    world.sandbox().failOver("math-101", Duration.ofSeconds(20));
    world.passesSeconds(60);
    world.notified(41, sid, "math-101", uid, "{\"msgName\":\"recorder_leave\",\"leaveCode\":16}");
    world.passesSeconds(60);

    assertThat(lesson.tasks()).isEqualTo("live/requested");
    assertThat(world.recorders()).hasSize(1);
  }

  @Test
  void withoutNoticesAnEmptyChannelEndsTheSessionAndReplacesNothing() {
    World.Recording lesson = recording("");
    world.faults().silence();

    world.sandbox().channel("math-101").isEmpty();
    world.passes(Duration.ofMinutes(15));

    assertThat(lesson.status()).isEqualTo("stopped");
    assertThat(lesson.reason()).isEqualTo("idle");
    assertThat(world.recorders()).hasSize(1);
  }

  @Test
  void whoComesBackBeforeTheIdleTimeIsOverIsRecordedAtOnce() {
    World.Recording lesson = recording("");
    world.faults().silence();

    world.sandbox().channel("math-101").isEmpty();
    world.passesSeconds(570);
    assertThat(lesson.status()).isEqualTo("recovering");
    world.sandbox().channel("math-101").has(User.sending("7"));
    world.passesSeconds(30);

    assertThat(lesson.tasks()).isEqualTo("ended/requested live/not-found");
    assertThat(world.running()).hasSize(1);
  }

  @Test
  void anIdleEndIsRecordedAgainWhenSomebodyComes() {
    World.Recording lesson = recording("\"onIdle\": \"restart\"");

    world.sandbox().channel("math-101").isEmpty();
    world.passes(Duration.ofMinutes(8));
    assertThat(lesson.status()).isEqualTo("recovering");
    assertThat(lesson.reason()).isEqualTo("idle");
    assertThat(world.running()).isEmpty();
    assertThat(world.requests("presence")).isNotEmpty();
    world.sandbox().channel("math-101").has(User.sending("7"));
    world.passes(Duration.ofMinutes(3));

    assertThat(lesson.status()).isEqualTo("recording");
    assertThat(world.running()).hasSize(1);
  }

  @Test
  void refusedStorageIsAskedAboutAtOnceAndNamedAsTheReason() {
    World.Recording lesson = recording("");
    String sid = lesson.task(0).path("sid").stringValue();
    String uid = lesson.task(0).path("uid").stringValue();
    int asked = world.requests("query").size();

    world.notified(
        1,
        sid,
        "math-101",
        uid,
        """
        {"msgName":"cloud_recording_error","module":1,"errorLevel":4,"errorCode":32,"stat":1}\
        """);

    assertThat(world.requests("query")).hasSize(asked + 1);
    assertThat(lesson.reason()).isEqualTo("storage-refused");
    world.notified(11, sid, "math-101", uid, "{\"msgName\":\"session_exit\",\"exitStatus\":1}");
    assertThat(lesson.status()).isEqualTo("recovering");
    assertThat(lesson.reason()).isEqualTo("storage-refused");
  }

  @Test
  void thePlaylistIsAskedForTwiceAndItsNameIsTheSplicedOne() {
    world.sandbox().channel("math-101").join(User.sending("7"));
    world.faults().notices(NoticeFault.LOSE, 4);
    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(80);

    assertThat(world.requests("query")).as("at 5, 15 and 75 seconds").hasSize(3);
    String sid = lesson.task(0).path("sid").stringValue();
    assertThat(playlists()).containsExactly(sid + "_math-101.m3u8");
    assertThat(lesson.task(0).path("m3u8").stringValue()).isEqualTo(sid + "_math-101.m3u8");
  }

  @Test
  void aPlaylistThatANoticeNamesIsNotAskedFor() {
    world.sandbox().channel("math-101").join(User.sending("7"));
    world.starts("math-101");

    world.passesSeconds(80);

    // The regular look has a phase of its own and may come as early as 75 seconds after the start.
    assertThat(askedForPlaylists()).as("at 15 seconds, when no notice had come").isEqualTo(1);
    assertThat(playlists()).hasSize(1);
  }

  private int askedForPlaylists() {
    return world.jdbc().sql("select sum(playlist_asked) from task").query(Integer.class).single();
  }

  private List<String> playlists() {
    return world
        .jdbc()
        .sql("select playlist from task where playlist is not null")
        .query((row, _) -> row.getString(1))
        .list();
  }
}

package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.sandbox.Faults.NoticeFault;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a missing event 13 leads to, told from outside.
class HighAvailabilityStoriesTest {

  private static final int HA = 13;

  private World world;

  @BeforeEach
  void world() {
    world = World.fresh();
  }

  @Test
  void aRecorderWithoutEvent13IsReplacedOnceUnderTheOtherUid() {
    world.faults().notices(NoticeFault.LOSE, HA);

    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(9);
    assertThat(world.recorders()).hasSize(1);
    world.passesSeconds(1);
    assertThat(world.recorders()).as("made before the first one is broken").hasSize(2);
    assertThat(world.running()).hasSize(2);
    world.passes(Duration.ofMinutes(3));

    assertThat(lesson.tasks()).isEqualTo("ended/requested live/ha-not-registered");
    assertThat(lesson.status()).isEqualTo("recording");
    assertThat(world.recorders()).as("only once per session").hasSize(2);
    assertThat(world.running()).hasSize(1);
    assertThat(world.recorders().stream().map(it -> it.uid()).distinct()).hasSize(2);
  }

  @Test
  void aReplacementThatFailsNeverCostsTheRecorderThatWorks() {
    world.faults().notices(NoticeFault.LOSE, HA);

    World.Recording lesson = world.starts("math-101");
    for (int second = 0; second < 600; second++) {
      world.passesSeconds(1);
      world.recorders().stream()
          .skip(1)
          .filter(recorder -> recorder.endedAt() == null)
          .forEach(recorder -> world.sandbox().killOne(recorder.sid()));
    }

    assertThat(lesson.status()).isEqualTo("recording");
    assertThat(lesson.tasks()).startsWith("live/requested");
    assertThat(world.recorders()).as("only once per session").hasSize(2);
    assertThat(world.running()).hasSize(1);
  }

  @Test
  void aLateEvent13CallsTheReplacementOff() {
    world.faults().notices(NoticeFault.DELAY, HA, "math-101", 100, Duration.ofSeconds(10));

    World.Recording lesson = world.starts("math-101");
    world.passes(Duration.ofMinutes(2));

    assertThat(lesson.tasks()).isEqualTo("live/requested ended/ha-not-registered");
    assertThat(lesson.task(0).path("haRegistered").booleanValue()).isTrue();
    assertThat(world.running()).hasSize(1);
  }

  @Test
  void anEvent13ThatComesAfterTheReplacementRecordsChangesNothingAnyMore() {
    world.faults().notices(NoticeFault.DELAY, HA, "math-101", 100, Duration.ofSeconds(40));

    World.Recording lesson = world.starts("math-101");
    world.passes(Duration.ofMinutes(3));

    assertThat(lesson.tasks()).isEqualTo("ended/requested live/ha-not-registered");
    assertThat(world.running()).hasSize(1);
  }

  @Test
  void agorasOwnFailoverAnswersForEvent13() {
    world.faults().notices(NoticeFault.LOSE, HA);

    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(4);
    world.sandbox().failOver("math-101", Duration.ofSeconds(2));
    world.passes(Duration.ofMinutes(3));

    assertThat(lesson.tasks()).isEqualTo("live/requested");
    assertThat(world.recorders()).hasSize(1);
  }

  @Test
  void recordersThatAgoraMovedItselfDoNotTripTheWatchdog() {
    world.faults().notices(NoticeFault.LOSE, HA);

    for (int i = 0; i < 6; i++) {
      world.starts("math-" + i);
      world.passesSeconds(4);
      world.sandbox().failOver("math-" + i, Duration.ofSeconds(2));
      world.passesSeconds(30);
    }

    assertThat(world.recorders()).hasSize(6);
    assertThat(world.get("/v1/apps/classroom/quota").body()).contains("\"state\":\"enforce\"");
    assertThat(alarms("alarm.raised")).isEmpty();
  }

  @Test
  void aThriftySessionWaitsOutTheDoubtWindowFirst() {
    world.faults().notices(NoticeFault.LOSE, HA);

    World.Recording archive = world.starts("archive", "\"assurance\": \"thrifty\"");
    world.passesSeconds(89);
    assertThat(world.recorders()).hasSize(1);
    world.passesSeconds(30);

    assertThat(archive.tasks()).isEqualTo("ended/requested live/ha-not-registered");
  }

  @Test
  void withoutAnyNotificationNothingIsDoubledAndOneAlarmTellsWhy() {
    world.faults().silence();

    List<World.Recording> lessons =
        IntStream.range(0, 6).mapToObj(i -> world.starts("math-" + i)).toList();
    world.passesSeconds(60);

    assertThat(world.recorders()).hasSize(6);
    assertThat(lessons).allSatisfy(it -> assertThat(it.status()).isEqualTo("recording"));
    assertThat(alarms("alarm.raised")).containsExactly("ha-watchdog-tripped");
    assertThat(world.get("/v1/apps/classroom/quota").body())
        .contains("\"state\":\"observe\"", "no-notifications");
  }

  @Test
  void aRowOfTasksWithoutEvent13TripsTheWatchdogAndTheFirstEvent13ArmsItAgain() {
    world.faults().notices(NoticeFault.LOSE, HA);
    for (int i = 0; i < 6; i++) {
      world.starts("math-" + i);
      world.passesSeconds(30);
    }

    long replaced = world.recorders().stream().map(it -> it.cname()).distinct().count();
    assertThat(world.recorders().size() - replaced).as("doubled before it tripped").isEqualTo(2);
    assertThat(alarms("alarm.raised")).containsExactly("ha-watchdog-tripped");

    world.faults().reset();
    world.starts("with-event-13");
    world.passesSeconds(20);
    assertThat(alarms("alarm.cleared")).containsExactly("ha-watchdog-tripped");
    assertThat(world.get("/v1/apps/classroom/quota").body()).contains("\"state\":\"enforce\"");

    world.faults().notices(NoticeFault.LOSE, HA);
    World.Recording later = world.starts("without-again");
    world.passesSeconds(60);
    assertThat(later.tasks()).isEqualTo("ended/requested live/ha-not-registered");
  }

  private List<String> alarms(String type) {
    return world
        .jdbc()
        .sql("select data->>'kind' from outbox where type = ?")
        .param(type)
        .query((row, _) -> row.getString(1))
        .list();
  }
}

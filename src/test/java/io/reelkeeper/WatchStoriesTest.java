package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.sandbox.Faults.Fault;
import io.reelkeeper.sandbox.Faults.NoticeFault;
import io.reelkeeper.sandbox.Faults.Operation;
import io.reelkeeper.sandbox.Ledger;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How a recording is watched, replaced and stopped.
class WatchStoriesTest {

  private static final String GONE = "{\"code\":404,\"reason\":\"failed to find worker\"}";

  private World world;

  @BeforeEach
  void world() {
    world = World.fresh();
  }

  private World.Recording recording() {
    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(10);
    assertThat(lesson.status()).isEqualTo("recording");
    return lesson;
  }

  @Test
  void aLiveRecordingIsAskedAboutEveryTwoMinutes() {
    recording();
    int before = world.requests("query").size();

    world.passes(Duration.ofMinutes(20));

    assertThat(world.requests("query").size() - before).isBetween(9, 11);
  }

  @Test
  void aTransient404ReplacesNothing() {
    World.Recording lesson = recording();
    world.faults().on(Operation.QUERY, Fault.answer(404, GONE).times(3));

    world.passes(Duration.ofMinutes(5));

    assertThat(lesson.tasks()).isEqualTo("live/requested");
    assertThat(world.recorders()).hasSize(1);
  }

  @Test
  void aRecorderThatDiesIsReplacedOnceUnderTheOtherUid() {
    World.Recording lesson = recording();

    world.sandbox().kill("math-101");
    world.passes(Duration.ofMinutes(6));

    assertThat(lesson.status()).isEqualTo("recording");
    assertThat(lesson.tasks()).isEqualTo("ended/requested live/not-found");
    assertThat(world.recorders()).hasSize(2);
    assertThat(world.recorders().stream().map(Ledger.Recording::uid).distinct()).hasSize(2);
  }

  @Test
  void aReplacementIsPlacedApartFromWhatMayStillRun() {
    World.Recording lesson = recording();
    String first = lesson.task(0).path("resourceId").stringValue();

    world.sandbox().kill("math-101");
    world.passes(Duration.ofMinutes(4));

    assertThat(lesson.tasks()).contains("live/not-found");
    assertThat(world.get("/v1/sessions/" + lesson.id + "/calls").body())
        .contains("\"excludeResourceIds\":[\"" + first + "\"]");
  }

  @Test
  void aWrongUrlNeverRestarts() {
    World.Recording lesson = recording();
    world
        .faults()
        .on(
            Operation.QUERY,
            Fault.answer(404, "{\"message\":\"no Route matched with those values\"}").times(50));

    world.passes(Duration.ofMinutes(10));

    assertThat(lesson.tasks()).isEqualTo("live/requested");
    assertThat(world.recorders()).hasSize(1);
  }

  @Test
  void serverErrorsOfAQueryConcludeNothing() {
    World.Recording lesson = recording();
    world.faults().on(Operation.QUERY, Fault.error(504, 62, "request timeout").times(30));

    world.passes(Duration.ofMinutes(10));

    assertThat(lesson.status()).isEqualTo("recording");
    assertThat(world.recorders()).hasSize(1);
  }

  @Test
  void criticalIsReplacedAfterOneRepeatAndThriftyOnlyAfterTheWindow() {
    World.Recording critical = world.starts("surgery", "\"assurance\": \"critical\"");
    World.Recording thrifty = world.starts("archive", "\"assurance\": \"thrifty\"");
    world.passesSeconds(10);
    world.faults().on(Operation.QUERY, "surgery", Fault.answer(404, GONE).times(2));
    world.faults().on(Operation.QUERY, "archive", Fault.answer(404, GONE).times(6));

    world.passes(Duration.ofMinutes(6));

    assertThat(critical.tasks()).contains("not-found");
    assertThat(thrifty.tasks()).isEqualTo("live/requested");
  }

  @Test
  void anEndThatNobodyAskedForIsReplacedAtOnceAndHandledOnce() {
    World.Recording lesson = recording();
    world.faults().notices(NoticeFault.DUPLICATE);

    world.sandbox().leave("math-101");
    world.passesSeconds(60);

    assertThat(lesson.tasks()).isEqualTo("ended/requested live/exited");
    assertThat(world.recorders()).hasSize(2);
  }

  @Test
  void agorasOwnFailoverIsTheSameRecording() {
    World.Recording lesson = recording();

    world.sandbox().failOver("math-101", Duration.ofSeconds(20));
    world.passes(Duration.ofMinutes(5));

    assertThat(lesson.status()).isEqualTo("recording");
    assertThat(lesson.tasks()).isEqualTo("live/requested");
    assertThat(world.running()).hasSize(1);
  }

  @Test
  void aFailoverToldLateStopsTheReplacementThatRunsAlready() {
    World.Recording lesson = recording();
    String sid = lesson.task(0).path("sid").stringValue();
    world.faults().on(Operation.QUERY, Fault.answer(404, GONE).times(4));
    for (int i = 0; i < 240 && world.recorders().size() < 2; i++) {
      world.passesSeconds(1);
    }
    assertThat(world.running()).as("made before anything is broken").hasSize(2);

    world.notified(12, sid, "math-101", "17", "{\"msgName\":\"session_failover\",\"newUid\":17}");
    world.passesSeconds(60);

    assertThat(lesson.tasks()).isEqualTo("live/requested ended/not-found");
    assertThat(world.running()).extracting(Ledger.Recording::sid).containsExactly(sid);
  }

  @Test
  void anEmptyChannelEndsTheSession() {
    World.Recording lesson = recording();

    world.sandbox().channel("math-101").isEmpty();
    world.passes(Duration.ofMinutes(7));

    assertThat(lesson.status()).isEqualTo("stopped");
    assertThat(lesson.reason()).isEqualTo("idle");
    assertThat(world.recorders()).hasSize(1);
  }

  @Test
  void theBudgetEndsTheBill() {
    World.Recording lesson = recording();

    for (int i = 0; i < 7; i++) {
      world.sandbox().leave("math-101");
      world.passesSeconds(40);
    }

    assertThat(lesson.status()).isEqualTo("failed");
    assertThat(lesson.reason()).isEqualTo("replacements-exhausted");
    assertThat(world.recorders()).hasSize(6);
    assertThat(world.running()).isEmpty();
  }

  @Test
  void aStopIsRepeatedUntilItsEndIsProven() {
    World.Recording lesson = recording();
    world.faults().silence();
    world.faults().on(Operation.STOP, Fault.drop().times(4));
    world.faults().on(Operation.STOP, Fault.error(504, 62, "request timeout").times(4));

    lesson.stops();
    assertThat(lesson.status()).isEqualTo("stopping");
    world.passes(Duration.ofMinutes(2));

    assertThat(lesson.status()).isEqualTo("stopped");
    assertThat(world.running()).isEmpty();
  }

  @Test
  void a404ToAStopProvesTheEndOnlyWhenItLasts() {
    World.Recording lesson = recording();
    world.faults().silence();
    world.faults().on(Operation.STOP, Fault.answer(404, GONE).times(3));

    lesson.stops();
    world.passesSeconds(15);
    assertThat(lesson.status()).isEqualTo("stopping");
    world.passesSeconds(60);

    assertThat(lesson.status()).isEqualTo("stopped");
    assertThat(world.running()).isEmpty();
  }

  @Test
  void nothingThatIsNotFinalLacksATimer() {
    recording();
    world.sandbox().kill("math-101");

    for (int i = 0; i < 30; i++) {
      world.passesSeconds(10);
      assertThat(
              world
                  .jdbc()
                  .sql(
                      """
                      select count(*) from task t
                       where status <> 'ended'
                         and not exists (select from scheduled_tasks
                                          where task_instance = t.session_id || '/' || t.number)
                      """)
                  .query(Integer.class)
                  .single())
          .isZero();
    }
  }
}

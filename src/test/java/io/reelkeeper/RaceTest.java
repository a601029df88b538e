package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.sandbox.Faults.Fault;
import io.reelkeeper.sandbox.Faults.Operation;
import io.reelkeeper.sandbox.recorder.Channel.User;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.Sweep;
import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Signal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What happens to one recording from several sides at once, and what is left when a timer is gone.
class RaceTest {

  private static final int ROUNDS = 15;

  private World world;

  @BeforeEach
  void world() {
    world = World.fresh();
  }

  @Test
  void stopNoticeAndQueryAtOnceEndInOneLegalPath() throws Exception {
    Sessions sessions = world.bean(Sessions.class);
    for (int round = 0; round < ROUNDS; round++) {
      World.Recording lesson = world.starts("room-" + round);
      world.passesSeconds(10);
      String sid = lesson.task(0).path("sid").stringValue();
      String uid = lesson.task(0).path("uid").stringValue();
      Notice exited =
          new Notice(
              "race-" + round,
              11,
              sid,
              "room-" + round,
              uid,
              0,
              7,
              world.now().toEpochMilli(),
              new Notice.What.Exited(0));
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Callable<Object>> sides =
            List.of(
                () -> world.post("/v1/sessions/" + lesson.id + "/stop", ""),
                () -> sessions.apply(lesson.id, new Signal.Noticed(exited)),
                () -> sessions.apply(lesson.id, new Signal.Noticed(exited)),
                () -> sessions.apply(lesson.id, new Signal.WorkerNotFound(1)),
                () ->
                    sessions.apply(
                        sessions.find(lesson.id).orElseThrow(),
                        new Signal.QueryAnswered(1, 5, List.of())));
        for (var side : threads.invokeAll(sides)) {
          side.get();
        }
      }
      // Agora did not really end it: what we start or stop because of it must still add up.
      world.settle();
      world.passes(Duration.ofMinutes(3));

      assertThat(lesson.status()).isEqualTo("stopped");
      assertThat(
              world
                  .jdbc()
                  .sql("select count(*) from signal_history where session_id = ? and meaning = ?")
                  .param(lesson.id)
                  .param(exited.meaning())
                  .query(Integer.class)
                  .single())
          .isEqualTo(1);
      assertThat(
              world
                  .jdbc()
                  .sql("select count(*) from scheduled_tasks where task_instance like ?")
                  .param(lesson.id + "/%")
                  .query(Integer.class)
                  .single())
          .isZero();
    }
  }

  @Test
  void theSweepGivesBackTimersThatAreGone() {
    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(10);
    world.faults().silence(); // the notice of the playlist would set a timer by itself
    world.jdbc().sql("delete from scheduled_tasks").update();
    world.passesSeconds(40);

    assertThat(world.bean(Sweep.class).run()).isEqualTo(1);
    assertThat(world.bean(Sweep.class).run()).isZero();

    lesson.stops();
    assertThat(lesson.status()).isEqualTo("stopped");
  }

  @Test
  void theSweepMissesNoSessionThatWaitsForUsersBesideAStartOfUnknownOutcome() {
    world.faults().on(Operation.START, Fault.drop().times(4)).silence();
    World.Recording lesson = world.starts("math-101", "\"onIdle\": \"restart\"");
    world.passes(Duration.ofMinutes(1));
    world.faults().reset();
    world.sandbox().channel("math-101").isEmpty();
    world.passes(Duration.ofMinutes(8));
    assertThat(lesson.tasks()).isEqualTo("unknown/requested ended/start-failed");

    world.jdbc().sql("delete from scheduled_tasks where task_name = 'PRESENCE'").update();
    world.passesSeconds(40);

    assertThat(world.bean(Sweep.class).run()).isEqualTo(1);
    world.sandbox().channel("math-101").has(User.sending("7"));
    world.passes(Duration.ofMinutes(1));
    assertThat(lesson.status()).isEqualTo("recording");
  }
}

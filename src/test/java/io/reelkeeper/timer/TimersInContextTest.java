package io.reelkeeper.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reelkeeper.TestDatabase;
import io.reelkeeper.trail.Trail;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/// How the beans find together.
final class TimersInContextTest {

  @EnableConfigurationProperties(TimerSettings.class)
  static class Settings {}

  /// A walk that sets timers, as every walk does by way of a session: no circle may come of it.
  static class Again implements Walk {

    static final CountDownLatch RAN = new CountDownLatch(1);

    Again(Timers timers) {
      assertThat(timers).isNotNull();
    }

    @Override
    public String kind() {
      return "AGAIN";
    }

    @Override
    public void run(String instance) {
      RAN.countDown();
    }
  }

  private final TestDatabase database = TestDatabase.migrated();

  @SuppressWarnings("TimeZoneUsage") // the scheduler waits for real time to pass
  private final Clock clock = Clock.systemUTC();

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void timersRunByThemselvesWhenTheServiceIsUp() {
    started(
        "live=true",
        (context, timers) -> {
          assertThat(context.getBean(LiveTimers.class).isRunning()).isTrue();
          timers.change(List.of(new TimerChange.Set("AGAIN", "x", clock.instant(), 0)));
          assertThat(ran()).isTrue();
        });
  }

  @Test
  void nothingRunsByItselfWhenTimersAreNotLive() {
    started(
        "live=false",
        (context, _) -> {
          assertThat(context.getBeansOfType(LiveTimers.class)).isEmpty();
          assertThat(context.getBean(DueTimers.class).runDue()).isZero();
        });
  }

  private void started(String setting, BiConsumer<ApplicationContext, Timers> then) {
    new ApplicationContextRunner()
        .withUserConfiguration(Settings.class)
        .withBean(Clock.class, () -> clock)
        .withBean(RandomGenerator.class, Random::new)
        .withBean(DataSource.class, database::dataSource)
        .withBean(JdbcClient.class, database::jdbc)
        .withBean(SimpleMeterRegistry.class)
        .withBean(Trail.class, Trail::withoutSpans)
        .withBean(Nudge.class)
        .withBean(Timers.class)
        .withBean(Walks.class)
        .withBean(Again.class)
        .withBean(DueTimers.class)
        .withUserConfiguration(LiveTimers.class)
        .withPropertyValues("reelkeeper.timers." + setting)
        .run(context -> then.accept(context, context.getBean(Timers.class)));
  }

  private static boolean ran() {
    try {
      return Again.RAN.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

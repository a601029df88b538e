package io.reelkeeper.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.proof.lab.Postgres;
import java.nio.file.Path;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/// A server that is killed comes back sooner than the second is over that Agora counts.
final class PaceCrashTest {

  private static final String APP = "classroom";

  @TempDir private Path directory;

  @Test
  void whatWasBookedIsBookedWhenTheServerIsBack() {
    try (var postgres = new Postgres(directory.resolve("data"))) {
      var source = postgres.dataSource();
      Flyway.configure().dataSource(source).load().migrate();
      var jdbc = JdbcClient.create(source);
      // a commit that does not wait for the disk must not get there by chance
      jdbc.sql("alter system set wal_writer_delay = '10s'").update();
      jdbc.sql("select pg_reload_conf()").query(Boolean.class).single();
      Quota quota = Quotas.of(source, APP, 10);

      assertThat(quota.await(APP, Urgency.COMMAND)).isInstanceOf(Slot.Go.class);
      assertThat(quota.await(APP, Urgency.COMMAND)).isInstanceOf(Slot.Go.class);
      double next = nextSlot(jdbc);
      postgres.kill();
      postgres.start();

      assertThat(nextSlot(jdbc)).isEqualTo(next);
    }
  }

  private static double nextSlot(JdbcClient jdbc) {
    return jdbc.sql("select extract(epoch from next_at) from quota_pace")
        .query(Double.class)
        .single();
  }
}

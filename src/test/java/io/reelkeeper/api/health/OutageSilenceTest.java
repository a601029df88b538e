package io.reelkeeper.api.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
final class OutageSilenceTest {

  private static final Logger log = LoggerFactory.getLogger("a.library");

  private final OutageSilence silence = new OutageSilence();
  private final Exception lost =
      new IllegalStateException("no answer", new SQLException("connection refused", "08001"));

  @BeforeEach
  void begin() {
    silence.begin();
  }

  @AfterEach
  void end() {
    silence.end();
  }

  @Test
  void aLostConnectionIsNotToldByEverybodyWhileTheDatabaseIsAway(CapturedOutput output) {
    silence.away(true);
    log.error("will keep running", lost);
    log.warn("{} will come again", "QUERY", lost);
    LoggerFactory.getLogger("org.hibernate.orm.jdbc.error").warn("SQLState: 08001");
    assertThat(output.getAll()).isEmpty();
  }

  @Test
  void everythingElseIsToldDuringAnOutageToo(CapturedOutput output) {
    silence.away(true);
    log.error("a bug", new IllegalStateException("mine"));
    log.info("something plain");
    assertThat(output.getAll()).contains("a bug", "mine", "something plain");
  }

  @Test
  void aFailureWhileTheDatabaseIsThereIsTold(CapturedOutput output) {
    log.error("will keep running", lost);
    assertThat(output.getAll()).contains("will keep running", "connection refused");
  }
}

package io.reelkeeper.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AuditStatusTest {

  @ParameterizedTest
  @CsvSource({
    "verified, verified",
    "verified empty, verified",
    "empty empty, empty",
    "verified missing, incomplete",
    "missing missing, missing",
    "missing empty, missing",
    "verified backed-up, backed-up",
    "incomplete backed-up, incomplete",
    "missing misplaced, misplaced",
    "misplaced unreachable, unreachable",
    "verified pending, pending",
  })
  void theWorstOfItsTasksIsTheSessions(String tasks, String session) {
    List<AuditStatus> all = Stream.of(tasks.split(" ", -1)).map(AuditStatus::ofWord).toList();

    assertThat(AuditStatus.of(all).word()).isEqualTo(session);
  }

  @ParameterizedTest
  @EnumSource(AuditStatus.class)
  void aWordLeadsBack(AuditStatus status) {
    assertThat(AuditStatus.ofWord(status.word())).isEqualTo(status);
  }
}

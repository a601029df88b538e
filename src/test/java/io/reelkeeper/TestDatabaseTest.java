package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TestDatabaseTest {

  @Test
  void whatOneTestWritesAnotherNeverSees() {
    try (var mine = TestDatabase.migrated();
        var yours = TestDatabase.migrated()) {
      mine.jdbc().sql("create table only_mine ()").update();
      assertThat(tables(mine)).contains("only_mine", "scheduled_tasks");
      assertThat(tables(yours)).doesNotContain("only_mine").contains("scheduled_tasks");
    }
  }

  @Test
  void anEmptyDatabaseHasNoTables() {
    try (var empty = TestDatabase.empty()) {
      assertThat(tables(empty)).isEmpty();
    }
  }

  private static List<String> tables(TestDatabase database) {
    return database
        .jdbc()
        .sql("select tablename from pg_tables where schemaname = 'public'")
        .query((row, _) -> row.getString(1))
        .list();
  }
}

package io.reelkeeper;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Says in one line that the database of the settings cannot be used.
class NoDatabaseAnalyzer extends AbstractFailureAnalyzer<SQLException> {

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SQLException cause) {
    String state = cause.getSQLState() == null ? "" : cause.getSQLState();
    String key =
        switch (state.length() < 2 ? "" : state.substring(0, 2)) {
          case "08", "57", "53" -> "spring.datasource.url: the database does not answer";
          case "3D" -> "spring.datasource.url: the server has no such database";
          case "28" ->
              "spring.datasource.username, spring.datasource.password: the database refuses them";
          default -> null;
        };
    return key == null
        ? null
        : new FailureAnalysis(
            key + " (" + cause.getMessage() + ")",
            "Start PostgreSQL 15 or newer, or correct spring.datasource.*.",
            cause);
  }
}

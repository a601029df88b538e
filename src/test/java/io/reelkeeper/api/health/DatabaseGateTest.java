package io.reelkeeper.api.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import io.reelkeeper.core.SharedClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

final class DatabaseGateTest {

  private final Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
  private final DatabaseWatch watch =
      new DatabaseWatch(
          new Nowhere(),
          new StaticListableBeanFactory().getBeanProvider(Flyway.class),
          clock,
          new SharedClock(clock));
  private final DatabaseGate gate = new DatabaseGate(watch);
  private final AtomicInteger passed = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(strings = {"/v1/sessions", "/webhooks/agora/classroom", "/page/token/ready"})
  void whatNeedsTheDatabaseIsAnsweredWithoutAskingIt(String path) {
    pass(path);
    assertThat(passed).hasValue(1);

    watch.look();

    assertThatThrownBy(() -> pass(path))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.problem()).isEqualTo(Problem.DATABASE_UNAVAILABLE);
              assertThat(problem.headers()).containsEntry("Retry-After", "1");
            });
    assertThat(passed).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/problems/database-unavailable",
        "/page/probe.js",
        "/console/login",
        "/console/logout"
      })
  void whatDoesNotNeedItGoesOn(String path) {
    watch.look();
    pass(path);
    assertThat(passed).hasValue(1);
  }

  private void pass(String path) {
    var exchange = MockServerWebExchange.from(MockServerHttpRequest.get(path));
    gate.filter(exchange, _ -> Mono.fromRunnable(passed::incrementAndGet)).block();
  }

  private static final class Nowhere extends AbstractDataSource {
    @Override
    public Connection getConnection() throws SQLException {
      throw new SQLException("away", "08001");
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return getConnection();
    }
  }
}

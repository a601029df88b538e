package io.reelkeeper.api.health;

import io.reelkeeper.api.problem.ProblemException;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Answers 503 at once while the database is away: what needs it would only wait for a connection.
@Component
class DatabaseGate implements WebFilter {

  private static final List<String> GUARDED = List.of("/v1/", "/webhooks/", "/page/", "/console");

  /// A page that loads during an outage must be able to report itself after it, and who looks at
  /// the console must be told of the outage.
  private static final List<String> OPEN =
      List.of(
          "/page/probe.js",
          "/console/login",
          "/console/logout",
          "/console/assets/",
          "/console/live");

  private final DatabaseWatch watch;

  DatabaseGate(DatabaseWatch watch) {
    this.watch = watch;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String path = exchange.getRequest().getURI().getPath(); // decoded, as handlers see it
    return watch.seen().there()
            || OPEN.stream().anyMatch(path::startsWith)
            || GUARDED.stream().noneMatch(path::startsWith)
        ? chain.filter(exchange)
        : Mono.error(ProblemException.databaseAway());
  }
}

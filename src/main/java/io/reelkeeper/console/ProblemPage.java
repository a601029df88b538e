package io.reelkeeper.console;

import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import io.reelkeeper.api.problem.ProblemWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// A failure under `/console` as a page that people can read.
@Component
@Order(-3) // before the one that writes problem+json
class ProblemPage implements WebExceptionHandler {

  private static final Logger log = LoggerFactory.getLogger(ProblemPage.class);

  private final ITemplateEngine templates;

  ProblemPage(ITemplateEngine templates) {
    this.templates = templates;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
    ServerHttpRequest request = exchange.getRequest();
    ServerHttpResponse response = exchange.getResponse();
    if (!isConsole(request.getPath().value())
        || response.isCommitted()
        || DisconnectedClientHelper.isClientDisconnectedException(failure)) {
      return Mono.error(failure);
    }
    ProblemException problem = ProblemWriter.problemOf(failure);
    if (problem.problem() == Problem.INTERNAL_ERROR) {
      log.error("{} {} failed", request.getMethod(), request.getPath().value(), failure);
    }
    response.setStatusCode(HttpStatusCode.valueOf(problem.problem().status()));
    problem.headers().forEach(response.getHeaders()::set);
    response
        .getHeaders()
        .setContentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8));
    // a template may have to be read from its file
    return Mono.fromCallable(() -> page(problem))
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(
            page -> {
              DataBuffer buffer =
                  response.bufferFactory().wrap(page.getBytes(StandardCharsets.UTF_8));
              return response.writeWith(Mono.just(buffer));
            });
  }

  private static boolean isConsole(String path) {
    return path.equals("/console") || path.startsWith("/console/");
  }

  private String page(ProblemException problem) {
    var context = new Context();
    context.setVariables(
        Map.of(
            "title", problem.problem().title(),
            "detail", String.valueOf(problem.getMessage()),
            "away", problem.problem() == Problem.DATABASE_UNAVAILABLE));
    return templates.process("console/problem", context);
  }
}

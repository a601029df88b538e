package io.reelkeeper.api.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.api.ApiTest;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.hibernate.TransactionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.orm.jpa.JpaSystemException;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@ApiTest
@Import(ProblemsTest.Failing.class)
final class ProblemsTest {

  /// Fails in the ways that only accidents bring about.
  @TestConfiguration(proxyBeanMethods = false)
  static class Failing {

    @Bean
    Broken broken() {
      return new Broken();
    }
  }

  @RestController
  static class Broken {

    @GetMapping("/v1/test/bug")
    String bug() {
      throw new IllegalStateException("the password is hunter2");
    }

    @GetMapping("/v1/test/no-transaction")
    String noTransaction() {
      throw new CannotCreateTransactionException("jdbc:postgresql://secret-host");
    }

    @GetMapping("/v1/test/no-connection")
    String noConnection() {
      throw new DataAccessResourceFailureException("jdbc:postgresql://secret-host");
    }

    @GetMapping("/v1/test/no-rollback")
    String noRollback() {
      throw new JpaSystemException(
          new TransactionException("cannot roll back", new SQLException("Connection is closed")));
    }

    @PostMapping("/webhooks/test")
    int length(@RequestBody byte[] body) {
      return body.length;
    }

    @GetMapping("/v1/test/thread")
    String threadOfAGet() {
      return String.valueOf(Thread.currentThread().isVirtual());
    }

    @PostMapping("/v1/test/thread")
    String threadOfAPost(@RequestBody byte[] body) {
      return body.length + " " + Thread.currentThread().isVirtual();
    }
  }

  private final WebTestClient http;

  ProblemsTest(@Autowired WebTestClient http) {
    this.http =
        http.mutate().defaultHeaders(headers -> headers.setBearerAuth(ApiTest.ADMIN)).build();
  }

  @Test
  void anUnknownPathIsAProblem() {
    for (String path : new String[] {"/nowhere", "/v1/nowhere", "/", "/actuator/health"}) {
      isProblem(http.get().uri(path).exchange(), Problem.NOT_FOUND, path);
    }
  }

  @Test
  void anAddressThatTheFirewallRefusesIsAProblem() {
    String path = "/v1/sessions/{id}";
    isProblem(http.get().uri(path, "\0").exchange(), Problem.INVALID_REQUEST, "/v1/sessions/%00");
    isProblem(
        http.get().uri(path, "a/b").exchange(), Problem.INVALID_REQUEST, "/v1/sessions/a%2Fb");
  }

  @Test
  void aWrongMethodSaysWhichAreAllowed() {
    var answer =
        problem(
            http.method(HttpMethod.DELETE).uri("/v1/sessions").exchange(),
            Problem.METHOD_NOT_ALLOWED,
            "/v1/sessions");
    assertThat(answer.getResponseHeaders().getAllow()).contains(HttpMethod.GET, HttpMethod.POST);
  }

  @Test
  void whatCannotBeAcceptedIsAProblemInJsonAllTheSame() {
    isProblem(
        http.get().uri("/v1/sessions").accept(MediaType.APPLICATION_XML).exchange(),
        Problem.NOT_ACCEPTABLE,
        "/v1/sessions");
  }

  @Test
  void aBodyThatIsNotJsonByItsOwnWordIsAProblem() {
    isProblem(
        http.post()
            .uri("/v1/sessions")
            .contentType(MediaType.TEXT_PLAIN)
            .bodyValue("{}")
            .exchange(),
        Problem.UNSUPPORTED_MEDIA_TYPE,
        "/v1/sessions");
  }

  @Test
  void aMissingBodyIsAProblem() {
    isProblem(
        http.post().uri("/v1/sessions").contentType(MediaType.APPLICATION_JSON).exchange(),
        Problem.INVALID_REQUEST,
        "/v1/sessions");
  }

  @Test
  void anAnnouncedBodyAboveTheLimitIsTooLarge() {
    isProblem(
        http.post()
            .uri("/v1/sessions")
            .contentType(MediaType.APPLICATION_JSON)
            .bodyValue(" ".repeat((int) BodyLimit.BYTES + 1))
            .exchange(),
        Problem.PAYLOAD_TOO_LARGE,
        "/v1/sessions");
  }

  @Test
  void aBodyThatOnlyTurnsOutToBeAboveTheLimitIsTooLarge() {
    byte[] part = " ".repeat(10_000).getBytes(StandardCharsets.UTF_8);
    Flux<DataBuffer> parts =
        Flux.range(0, 7).map(_ -> DefaultDataBufferFactory.sharedInstance.wrap(part));
    isProblem(
        http.post()
            .uri("/v1/sessions")
            .contentType(MediaType.APPLICATION_JSON)
            .body(parts, DataBuffer.class)
            .exchange(),
        Problem.PAYLOAD_TOO_LARGE,
        "/v1/sessions");
  }

  @Test
  void aNotificationMayBeLargerThanARequestButNotEndless() {
    http.post()
        .uri("/webhooks/test")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(" ".repeat(250 * 1024))
        .exchange()
        .expectStatus()
        .isOk();
    isProblem(
        http.post()
            .uri("/webhooks/test")
            .contentType(MediaType.APPLICATION_JSON)
            .bodyValue(" ".repeat(256 * 1024 + 1))
            .exchange(),
        Problem.PAYLOAD_TOO_LARGE,
        "/webhooks/test");
  }

  @Test
  void anAccidentShowsNothingOfItself() {
    var answer =
        problem(http.get().uri("/v1/test/bug").exchange(), Problem.INTERNAL_ERROR, "/v1/test/bug");
    assertThat(answer.getResponseBody()).doesNotContain("hunter2", "IllegalState", "at io.");
  }

  @Test
  void aDatabaseThatIsAwayIsAProblemThatPasses() {
    for (String failure : new String[] {"no-transaction", "no-connection", "no-rollback"}) {
      String path = "/v1/test/" + failure;
      var answer = problem(http.get().uri(path).exchange(), Problem.DATABASE_UNAVAILABLE, path);
      assertThat(answer.getResponseHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("1");
      assertThat(answer.getResponseBody()).doesNotContain("secret-host");
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyProblemHasItsPage(Problem problem) {
    http.get()
        .uri(problem.type())
        .headers(headers -> headers.remove(HttpHeaders.AUTHORIZATION))
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .contentTypeCompatibleWith(MediaType.TEXT_HTML)
        .expectBody(String.class)
        .value(page -> assertThat(page).contains(problem.title(), problem.type(), "What to do"));
  }

  @Test
  void thePageOfAnUnknownProblemIsNotFound() {
    isProblem(http.get().uri("/problems/none").exchange(), Problem.NOT_FOUND, "/problems/none");
  }

  @Test
  void theIndexNamesEveryProblem() {
    http.get()
        .uri("/problems")
        .exchange()
        .expectBody(String.class)
        .value(
            page ->
                assertThat(page).contains(Stream.of(Problem.values()).map(Problem::slug).toList()));
  }

  /// On the event loop a handler that waits for the database would stop everybody.
  @Test
  void handlersRunOnVirtualThreads() {
    http.get().uri("/v1/test/thread").exchange().expectBody(String.class).isEqualTo("true");
    http.post()
        .uri("/v1/test/thread")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{}")
        .exchange()
        .expectBody(String.class)
        .isEqualTo("2 true");
  }

  private static void isProblem(
      WebTestClient.ResponseSpec response, Problem problem, String instance) {
    problem(response, problem, instance);
  }

  /// Checks the whole shape; returns the body and headers for more.
  private static EntityExchangeResult<String> problem(
      WebTestClient.ResponseSpec response, Problem problem, String instance) {
    EntityExchangeResult<String> result =
        response
            .expectStatus()
            .isEqualTo(problem.status())
            .expectHeader()
            .contentType(MediaType.APPLICATION_PROBLEM_JSON)
            .expectBody(String.class)
            .returnResult();
    JsonNode body = new JsonMapper().readTree(result.getResponseBody());
    assertThat(body.propertyNames()).contains("type", "title", "status", "detail", "instance");
    assertThat(body.get("type").stringValue()).isEqualTo(problem.type());
    assertThat(body.get("status").intValue()).isEqualTo(problem.status());
    assertThat(body.get("instance").stringValue()).isEqualTo(instance);
    return result;
  }
}

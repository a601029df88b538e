package io.reelkeeper.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.api.ApiTest;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.FluxExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.BodyInserters;

/// What the console lets through, by bare HTTP.
@ApiTest
class ConsoleAccessTest {

  private static final String LOGIN = "reelkeeper-login";
  private static final String FORM = "reelkeeper-form";
  private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");
  private static final String NOBODY = "/console/sessions/0199f0c2-0000-7000-8000-000000000000";

  private final WebTestClient client;

  ConsoleAccessTest(@Autowired WebTestClient client) {
    this.client = client;
  }

  /// What a browser knows of a page with a form.
  private record Form(String cookie, String token) {}

  private Form form() {
    EntityExchangeResult<String> page =
        client.get().uri("/console/login").exchange().expectBody(String.class).returnResult();
    Matcher token = TOKEN.matcher(Objects.requireNonNull(page.getResponseBody()));
    assertThat(token.find()).isTrue();
    return new Form(
        Objects.requireNonNull(page.getResponseCookies().getFirst(FORM)).getValue(),
        token.group(1));
  }

  private FluxExchangeResult<String> attempt(Form form, String key, String next, String proto) {
    return client
        .post()
        .uri("/console/login")
        .header("X-Forwarded-Proto", proto)
        .cookie(FORM, form.cookie())
        .body(BodyInserters.fromFormData("_csrf", form.token()).with("key", key).with("next", next))
        .exchange()
        .returnResult(String.class);
  }

  private ResponseCookie login(String key) {
    return Objects.requireNonNull(
        attempt(form(), key, "", "http").getResponseCookies().getFirst(LOGIN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/console", NOBODY, "/console/findings", "/console/notifications"})
  void everyPageLeadsToTheLoginAndBack(String page) {
    client
        .get()
        .uri(page + "?a=b")
        .exchange()
        .expectStatus()
        .isSeeOther()
        .expectHeader()
        .location("/console/login?next=" + page.replace("/", "%2F") + "%3Fa%3Db");
  }

  @Test
  void whatScriptsAskForOnlySaysThatThereIsNoLogin() {
    client.get().uri("/console/live").exchange().expectStatus().isUnauthorized();
    client
        .get()
        .uri("/console")
        .header("HX-Request", "true")
        .exchange()
        .expectStatus()
        .isUnauthorized();
  }

  @Test
  void theCookieIsOutOfReachOfScriptsAndOtherSites() {
    ResponseCookie plain = login(ApiTest.OPERATE);
    ResponseCookie secure =
        Objects.requireNonNull(
            attempt(form(), ApiTest.OPERATE, "", "https").getResponseCookies().getFirst(LOGIN));

    assertThat(plain.isHttpOnly()).isTrue();
    assertThat(plain.getSameSite()).isEqualTo("Strict");
    assertThat(plain.getPath()).isEqualTo("/console");
    assertThat(plain.isSecure()).isFalse();
    assertThat(secure.isSecure()).isTrue();
    assertThat(plain.getValue()).doesNotContain(ApiTest.OPERATE, ApiTest.OPERATE_SHA256);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example/", "//evil.example", "/console//evil", "/v1/x"})
  void nobodyIsLedElsewhereByALogin(String next) {
    assertThat(attempt(form(), ApiTest.READ, next, "http").getResponseHeaders().getLocation())
        .hasToString(next.startsWith("/console/") ? next : "/console");
  }

  @Test
  void aFormThatDoesNotRepeatItsTokenDoesNothing() {
    String cookie = login(ApiTest.OPERATE).getValue();
    for (String what : new String[] {"/stop", "/replace", "/audit"}) {
      client
          .post()
          .uri(NOBODY + what)
          .cookie(LOGIN, cookie)
          .contentType(MediaType.APPLICATION_FORM_URLENCODED)
          .exchange()
          .expectStatus()
          .isForbidden();
    }
  }

  @Test
  void onlyWhoOperatesMayPressAButton() {
    for (String what : new String[] {"/stop", "/replace", "/audit"}) {
      press(login(ApiTest.READ).getValue(), what).expectStatus().isForbidden();
      press(login(ApiTest.OPERATE).getValue(), what).expectStatus().isNotFound();
    }
  }

  private WebTestClient.ResponseSpec press(String cookie, String what) {
    Form form = form();
    return client
        .post()
        .uri(NOBODY + what)
        .cookie(LOGIN, cookie)
        .cookie(FORM, form.cookie())
        .body(BodyInserters.fromFormData("_csrf", form.token()))
        .exchange();
  }

  @Test
  void aCookieThatWasTouchedIsNone() {
    String cookie = login(ApiTest.OPERATE).getValue();
    client.get().uri("/console").cookie(LOGIN, cookie).exchange().expectStatus().isOk();

    char last = cookie.charAt(20);
    String touched = cookie.substring(0, 20) + (last == 'A' ? 'B' : 'A') + cookie.substring(21);
    for (String wrong : new String[] {touched, "", "x", "e30.e30.e30"}) {
      client.get().uri("/console").cookie(LOGIN, wrong).exchange().expectStatus().isSeeOther();
    }
  }

  @Test
  void theApiTakesNoCookieAndTheConsoleNoKey() {
    String cookie = login(ApiTest.OPERATE).getValue();
    client
        .get()
        .uri("/v1/sessions")
        .cookie(LOGIN, cookie)
        .exchange()
        .expectStatus()
        .isUnauthorized();
    client
        .get()
        .uri("/console")
        .header("Authorization", "Bearer " + ApiTest.OPERATE)
        .exchange()
        .expectStatus()
        .isSeeOther();
  }

  @Test
  void nothingInlineAndNothingFromElsewhereIsLoaded() {
    String policy =
        client
            .get()
            .uri("/console/login")
            .exchange()
            .returnResult(String.class)
            .getResponseHeaders()
            .getFirst("Content-Security-Policy");

    assertThat(policy)
        .contains(
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "http", "*");
  }

  @Test
  void whatPagesLoadComesFromTheJar() {
    for (String asset :
        new String[] {
          "/console/assets/console.css",
          "/console/assets/console.js",
          "/console/assets/icon.svg",
          "/webjars/htmx.org/dist/htmx.min.js"
        }) {
      client.get().uri(asset).exchange().expectStatus().isOk();
    }
  }
}

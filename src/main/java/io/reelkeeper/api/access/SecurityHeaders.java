package io.reelkeeper.api.access;

import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Says to browsers what they must not do with an answer, whoever gives it: handler, filter or
/// firewall. Strict-Transport-Security comes from Spring Security, under https alone.
///
/// What an answer says itself is left as it is.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class SecurityHeaders implements WebFilter {

  private static final String CONTENT = "Content-Security-Policy";

  /// JSON, and pages of plain text.
  private static final String NOTHING =
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /// Swagger UI has no script in its page, but styles on its elements and pictures in its sheets.
  private static final String DOCS =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
          + " img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private static final List<String> DOCS_PATHS = List.of("/docs", "/swagger-ui", "/webjars/");

  /// Its own chain knows what its pages need.
  private static final String CONSOLE = "/console";

  /// Recorded pages of any origin load the probe and report themselves.
  private static final String PAGE = "/page/";

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String path = exchange.getRequest().getURI().getPath(); // decoded, as handlers see it
    ServerHttpResponse response = exchange.getResponse();
    response.beforeCommit(() -> Mono.fromRunnable(() -> write(path, response.getHeaders())));
    return chain.filter(exchange);
  }

  private static void write(String path, HttpHeaders headers) {
    set(headers, "X-Content-Type-Options", "nosniff");
    set(headers, "Referrer-Policy", "no-referrer");
    set(headers, "X-Frame-Options", "DENY");
    set(headers, "Cross-Origin-Opener-Policy", "same-origin");
    if (!path.startsWith(PAGE)) {
      set(headers, "Cross-Origin-Resource-Policy", "same-origin");
    }
    if (!path.startsWith(CONSOLE)) {
      set(headers, CONTENT, DOCS_PATHS.stream().anyMatch(path::startsWith) ? DOCS : NOTHING);
    }
    if (path.startsWith("/v1/") || path.equals("/v1")) {
      set(headers, HttpHeaders.CACHE_CONTROL, "no-store");
    }
  }

  private static void set(HttpHeaders headers, String name, String value) {
    if (!headers.containsHeader(name)) {
      headers.set(name, value);
    }
  }
}

package io.reelkeeper.console.login;

import io.reelkeeper.api.access.Role;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.ServerAuthenticationEntryPoint;
import org.springframework.security.web.server.authorization.ServerAccessDeniedHandler;
import org.springframework.security.web.server.csrf.CookieServerCsrfTokenRepository;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRepository;
import org.springframework.security.web.server.header.ReferrerPolicyServerHttpHeadersWriter.ReferrerPolicy;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatchers;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.UriUtils;
import reactor.core.publisher.Mono;

/// Who may see and do what under `/console`, and what a browser may load there.
@Configuration(proxyBeanMethods = false)
class ConsoleAccess {

  private static final String ALL = "/console/**";

  /// No script and no style but our own files, nothing from elsewhere, in nobody's frame.
  private static final String CONTENT =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

  @Bean
  @Order(0) // before the chain of all other paths
  SecurityWebFilterChain consoleByCookie(ServerHttpSecurity http, Logins logins) {
    return http.securityMatcher(ServerWebExchangeMatchers.pathMatchers("/console", ALL))
        .authorizeExchange(
            paths ->
                paths
                    .pathMatchers("/console/login", "/console/assets/**")
                    .permitAll()
                    .pathMatchers(HttpMethod.POST, "/console/logout")
                    .hasAuthority(Role.READ.name())
                    .pathMatchers(HttpMethod.POST, ALL)
                    .hasAuthority(Role.OPERATE.name())
                    .anyExchange()
                    .hasAuthority(Role.READ.name()))
        .securityContextRepository(logins)
        .exceptionHandling(
            refusals ->
                refusals.authenticationEntryPoint(toLogin()).accessDeniedHandler(missingRole()))
        .csrf(csrf -> csrf.csrfTokenRepository(new Tokens()).accessDeniedHandler(forged()))
        .headers(
            headers ->
                headers
                    .contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT))
                    .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN)))
        .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
        .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
        .logout(ServerHttpSecurity.LogoutSpec::disable)
        .requestCache(ServerHttpSecurity.RequestCacheSpec::disable)
        .build();
  }

  /// A page leads to the login and back; what scripts ask for only says that there is none.
  private static ServerAuthenticationEntryPoint toLogin() {
    return (exchange, failure) -> {
      ServerHttpRequest request = exchange.getRequest();
      boolean page =
          request.getMethod().equals(HttpMethod.GET)
              && request.getHeaders().getFirst("HX-Request") == null
              && !request.getPath().value().equals("/console/live");
      if (!page) {
        return Mono.error(new ProblemException(Problem.UNAUTHORIZED, "The login has ended."));
      }
      String query = request.getURI().getRawQuery();
      String wanted = request.getPath().value() + (query == null ? "" : "?" + query);
      exchange.getResponse().setStatusCode(HttpStatus.SEE_OTHER);
      exchange
          .getResponse()
          .getHeaders()
          .setLocation(
              URI.create("/console/login?next=" + UriUtils.encode(wanted, StandardCharsets.UTF_8)));
      return exchange.getResponse().setComplete();
    };
  }

  private static ServerAccessDeniedHandler missingRole() {
    return (exchange, denied) ->
        Mono.error(
            new ProblemException(Problem.FORBIDDEN, "Your key does not have the role for this."));
  }

  private static ServerAccessDeniedHandler forged() {
    return (exchange, denied) ->
        Mono.error(
            new ProblemException(
                Problem.FORBIDDEN,
                "Nothing was done: this did not come from a page of the console. Reload the page"
                    + " and try again."));
  }

  /// Keeps what a form must repeat in a cookie, as strict as that of the login.
  private static final class Tokens implements ServerCsrfTokenRepository {

    private final CookieServerCsrfTokenRepository plain = tokens(false);
    private final CookieServerCsrfTokenRepository secure = tokens(true);

    private static CookieServerCsrfTokenRepository tokens(boolean secure) {
      var tokens = new CookieServerCsrfTokenRepository();
      tokens.setCookieName("reelkeeper-form");
      tokens.setCookieCustomizer(
          cookie -> cookie.path("/console").httpOnly(true).sameSite("Strict").secure(secure));
      return tokens;
    }

    private CookieServerCsrfTokenRepository of(ServerWebExchange exchange) {
      return Logins.isSecure(exchange.getRequest()) ? secure : plain;
    }

    @Override
    public Mono<CsrfToken> generateToken(ServerWebExchange exchange) {
      return of(exchange).generateToken(exchange);
    }

    @Override
    public Mono<Void> saveToken(ServerWebExchange exchange, @Nullable CsrfToken token) {
      return of(exchange).saveToken(exchange, token);
    }

    @Override
    public Mono<CsrfToken> loadToken(ServerWebExchange exchange) {
      return of(exchange).loadToken(exchange);
    }
  }
}

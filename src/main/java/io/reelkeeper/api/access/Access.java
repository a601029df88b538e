package io.reelkeeper.api.access;

import static org.springframework.security.web.server.util.matcher.ServerWebExchangeMatchers.pathMatchers;

import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import java.util.List;
import java.util.Locale;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.ServerAuthenticationEntryPoint;
import org.springframework.security.web.server.authentication.AuthenticationWebFilter;
import org.springframework.security.web.server.authentication.ServerAuthenticationEntryPointFailureHandler;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedHandler;
import org.springframework.security.web.server.util.matcher.NegatedServerWebExchangeMatcher;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Which path asks for which role.
///
/// Everything outside `/v1` is open or has a proof of its own: a webhook's signature, a page's
/// token.
@Configuration(proxyBeanMethods = false)
class Access {

  private static final String API = "/v1/**";

  /// Let in by the signature of their body and by nothing else; thousands may come in a second.
  private static final String SIGNED = "/webhooks/**";

  /// A replay or a resumed endpoint concerns the apps of everybody.
  private static final String SUBSCRIBERS = "/v1/subscribers/**";

  @Bean
  SecurityWebFilterChain accessByKey(ServerHttpSecurity http, Bearers bearers) {
    return http.securityMatcher(new NegatedServerWebExchangeMatcher(pathMatchers(SIGNED)))
        .authorizeExchange(
            paths ->
                paths
                    .pathMatchers(HttpMethod.GET, API)
                    .hasAuthority(Role.READ.name())
                    .pathMatchers(HttpMethod.HEAD, API)
                    .hasAuthority(Role.READ.name())
                    .pathMatchers(SUBSCRIBERS)
                    .hasAuthority(Role.ADMIN.name())
                    .pathMatchers(API)
                    .hasAuthority(Role.OPERATE.name())
                    .anyExchange()
                    .permitAll())
        .addFilterAt(byKey(bearers), SecurityWebFiltersOrder.AUTHENTICATION)
        .exceptionHandling(
            refusals ->
                refusals
                    .authenticationEntryPoint(noOrWrongKey())
                    .accessDeniedHandler((exchange, denied) -> missingRole(exchange)))
        // every request brings its key: nothing is remembered, so there is nothing to forge
        .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
        .csrf(ServerHttpSecurity.CsrfSpec::disable)
        .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
        .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
        .logout(ServerHttpSecurity.LogoutSpec::disable)
        .requestCache(ServerHttpSecurity.RequestCacheSpec::disable)
        .build();
  }

  /// Without it the firewall's 400 would have no body.
  @Bean
  ServerExchangeRejectedHandler suspiciousRequests() {
    return (exchange, rejected) ->
        Mono.error(
            new ProblemException(
                Problem.INVALID_REQUEST,
                "The address or a header has characters that are not taken here."));
  }

  private static AuthenticationWebFilter byKey(Bearers bearers) {
    var filter = new AuthenticationWebFilter(bearers);
    filter.setRequiresAuthenticationMatcher(pathMatchers(API));
    filter.setServerAuthenticationConverter(Access::bearer);
    filter.setSecurityContextRepository(NoOpServerSecurityContextRepository.getInstance());
    filter.setAuthenticationFailureHandler(
        new ServerAuthenticationEntryPointFailureHandler(noOrWrongKey()));
    return filter;
  }

  private static Mono<Authentication> bearer(ServerWebExchange exchange) {
    List<String> sent = exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.AUTHORIZATION);
    // of two, a proxy before us may have checked the other one
    if (sent.size() != 1 || !sent.getFirst().regionMatches(true, 0, "Bearer ", 0, 7)) {
      return Mono.empty();
    }
    return Mono.just(
        new PreAuthenticatedAuthenticationToken("", sent.getFirst().substring(7).strip()));
  }

  private static ServerAuthenticationEntryPoint noOrWrongKey() {
    return (exchange, failure) ->
        Mono.error(
            new ProblemException(
                    Problem.UNAUTHORIZED,
                    "Send a key that this service knows as \"Authorization: Bearer <key>\".")
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer"));
  }

  private static Mono<Void> missingRole(ServerWebExchange exchange) {
    Role needed = needed(exchange.getRequest());
    return Mono.error(
        new ProblemException(
            Problem.FORBIDDEN,
            "This key does not have the role `" + needed.name().toLowerCase(Locale.ROOT) + "`."));
  }

  private static Role needed(ServerHttpRequest request) {
    if (request.getMethod().equals(HttpMethod.GET) || request.getMethod().equals(HttpMethod.HEAD)) {
      return Role.READ;
    }
    return request.getPath().value().startsWith("/v1/subscribers/") ? Role.ADMIN : Role.OPERATE;
  }
}

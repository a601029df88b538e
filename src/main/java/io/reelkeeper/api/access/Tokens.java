package io.reelkeeper.api.access;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Knows a caller by a token (JWT) of the configured issuer.
///
/// Not Spring's reactive decoder: it would keep keys that the issuer has withdrawn for ever, and
/// fetch them anew for every token with an unknown key.
@Component
@EnableConfigurationProperties(OAuth2ResourceServerProperties.class)
class Tokens implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(Tokens.class);

  /// Clocks of an issuer and of ours may differ so far.
  private static final Duration SKEW = Duration.ofSeconds(30);

  /// A key that the issuer withdraws counts no longer than this.
  private static final Duration KEYS_KEPT = Duration.ofMinutes(5);

  /// Unless the issuer is away: then for so long, rather than to refuse everybody.
  private static final Duration KEYS_KEPT_IN_OUTAGE = Duration.ofHours(1);

  /// Tokens with unknown keys make us ask the issuer for its keys, twice in this time at most.
  private static final Duration KEYS_ASKED_FOR = Duration.ofSeconds(10);

  /// How long a request waits for another one that fetches the keys.
  private static final Duration FETCH = Duration.ofSeconds(3);

  /// How long a request waits in all: discovery, keys, and a margin.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int LONGEST_SUBJECT = 200;

  private final AccessSettings.Jwt claims;
  private final @Nullable JwtDecoder decoder;
  private final Scheduler threads =
      Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor(), "tokens");

  Tokens(OAuth2ResourceServerProperties properties, AccessSettings settings, Clock clock) {
    this.claims = settings.jwt();
    OAuth2ResourceServerProperties.Jwt jwt = properties.getJwt();
    this.decoder =
        jwt.getIssuerUri() == null && jwt.getJwkSetUri() == null ? null : decoder(jwt, clock);
    if (decoder != null && jwt.getAudiences().isEmpty()) {
      log.warn(
          "spring.security.oauth2.resourceserver.jwt.audiences is not set: tokens that were issued"
              + " for any other service are taken, too");
    }
  }

  private static JwtDecoder decoder(OAuth2ResourceServerProperties.Jwt jwt, Clock clock) {
    JWKSource<SecurityContext> keys =
        JWKSourceBuilder.create(new IssuerKeys(uri(jwt.getIssuerUri()), uri(jwt.getJwkSetUri())))
            .cache(KEYS_KEPT.toMillis(), FETCH.toMillis())
            .refreshAheadCache(false)
            .rateLimited(KEYS_ASKED_FOR.toMillis())
            .outageTolerant(KEYS_KEPT_IN_OUTAGE.toMillis())
            .build();
    NimbusJwtDecoder decoder =
        NimbusJwtDecoder.withJwkSource(keys)
            .jwsAlgorithms(
                algorithms -> {
                  algorithms.clear();
                  jwt.getJwsAlgorithms().stream()
                      .map(SignatureAlgorithm::from)
                      .forEach(algorithms::add);
                })
            .jwtProcessorCustomizer(
                processor ->
                    processor.setJWSTypeVerifier(
                        new DefaultJOSEObjectTypeVerifier<>(
                            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null)))
            .build();
    decoder.setJwtValidator(validator(jwt, clock));
    return decoder;
  }

  private static OAuth2TokenValidator<Jwt> validator(
      OAuth2ResourceServerProperties.Jwt jwt, Clock clock) {
    List<OAuth2TokenValidator<Jwt>> all = new ArrayList<>();
    var times = new JwtTimestampValidator(SKEW);
    times.setClock(clock);
    times.setAllowEmptyExpiryClaim(false);
    all.add(times);
    if (jwt.getIssuerUri() != null) {
      all.add(new JwtIssuerValidator(jwt.getIssuerUri()));
    }
    if (!jwt.getAudiences().isEmpty()) {
      all.add(
          new JwtClaimValidator<Collection<String>>(
              JwtClaimNames.AUD,
              told -> told != null && jwt.getAudiences().stream().anyMatch(told::contains)));
    }
    all.add(
        new JwtClaimValidator<String>(
            JwtClaimNames.SUB,
            subject ->
                subject != null && !subject.isBlank() && subject.length() <= LONGEST_SUBJECT));
    return new DelegatingOAuth2TokenValidator<>(all);
  }

  private static @Nullable URI uri(@Nullable String text) {
    return text == null ? null : URI.create(text);
  }

  /// Whether it has the form of a token, and tokens are taken at all.
  boolean mayBe(String bearer) {
    return decoder != null
        && bearer.startsWith("ey")
        && bearer.chars().filter(character -> character == '.').count() == 2;
  }

  /// The caller of a right token. A wrong one is a `BadJwtException`; an issuer that is needed and
  /// away, a problem that passes.
  Mono<Authentication> read(String token) {
    if (decoder == null) {
      return Mono.error(new BadJwtException("no tokens are taken"));
    }
    return Mono.fromCallable(() -> authentication(decoder.decode(token)))
        .subscribeOn(threads)
        .timeout(PATIENCE)
        .onErrorMap(Tokens::isIssuerAway, _ -> issuerAway());
  }

  private static boolean isIssuerAway(Throwable failure) {
    return failure instanceof TimeoutException
        || (failure instanceof JwtException && !(failure instanceof BadJwtException));
  }

  private static ProblemException issuerAway() {
    return new ProblemException(
            Problem.ISSUER_UNAVAILABLE,
            "The token cannot be checked: its issuer does not answer, or has no such key yet.")
        .header(HttpHeaders.RETRY_AFTER, String.valueOf(KEYS_ASKED_FOR.toSeconds()));
  }

  /// What to tell the bearer: only who holds a token that is really signed learns more than no.
  static String reason(Throwable failure) {
    return failure instanceof JwtValidationException invalid
        ? invalid.getErrors().stream()
            .map(OAuth2Error::getDescription)
            .collect(Collectors.joining("; ", "The token is not for this service now: ", "."))
        : "This is no token that the issuer has signed.";
  }

  private Authentication authentication(Jwt token) {
    Set<String> words = words(token, claims.rolesClaim());
    Role role =
        Stream.of(Role.values())
            .filter(it -> words.contains(claims.rolesPrefix() + it.name().toLowerCase(Locale.ROOT)))
            .max(Role::compareTo)
            .orElse(null);
    return new PreAuthenticatedAuthenticationToken(
        new Caller(
            "jwt:" + token.getSubject(),
            role == Role.ADMIN ? null : Set.copyOf(words(token, claims.appsClaim()))),
        null,
        role == null ? AuthorityUtils.NO_AUTHORITIES : role.authorities());
  }

  /// A list of strings, or one string with blanks between its words; whatever else, nothing.
  private static Set<String> words(Jwt token, String claim) {
    Set<String> words = new HashSet<>();
    switch (value(token, claim)) {
      case String text -> words.addAll(Arrays.asList(text.strip().split("\\s+")));
      case Collection<?> list ->
          list.stream()
              .filter(String.class::isInstance)
              .map(String.class::cast)
              .forEach(words::add);
      case null, default -> {}
    }
    return words;
  }

  /// A claim may have dots in its name (`https://example.org/roles`), or they lead into objects.
  private static @Nullable Object value(Jwt token, String claim) {
    if (token.hasClaim(claim)) {
      return token.getClaim(claim);
    }
    Object at = token.getClaims();
    for (String step : claim.split("\\.")) {
      at = at instanceof Map<?, ?> object ? object.get(step) : null;
    }
    return at;
  }

  @Override
  public void destroy() {
    threads.dispose();
  }
}

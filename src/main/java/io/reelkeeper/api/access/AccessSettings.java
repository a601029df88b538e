package io.reelkeeper.api.access;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// Who may call.
@Validated
@ConfigurationProperties("reelkeeper.access")
record AccessSettings(
    @DefaultValue List<@Valid Key> keys,
    @DefaultValue @Valid Jwt jwt,
    @DefaultValue @Valid Limit wrongKeys) {

  @AssertTrue(message = "two keys have the same name or the same sha256; each must be its own")
  boolean isEveryKeyItsOwn() {
    return keys.stream().map(Key::name).distinct().count() == keys.size()
        && keys.stream().map(Key::sha256).distinct().count() == keys.size();
  }

  /// How a token says what its bearer may do; who issues it is Spring's setting
  /// (`spring.security.oauth2.resourceserver.jwt.issuer-uri`, `audiences`).
  ///
  /// @param rolesClaim its words are a list or stand in one string with blanks between; dots lead
  ///     into objects, such as `realm_access.roles`
  /// @param rolesPrefix what stands before `read`, `operate` and `admin` there; other words are not
  ///     for this service
  /// @param appsClaim aliases of `reelkeeper.apps`, written like the roles; an admin needs none
  record Jwt(
      @DefaultValue("roles") @NotBlank(message = "must not be empty") String rolesClaim,
      @DefaultValue("") String rolesPrefix,
      @DefaultValue("apps") @NotBlank(message = "must not be empty") String appsClaim) {}

  /// How many wrong keys an address may send before it is refused unheard. Nobody mistypes a key
  /// twenty times a minute; a service that was started with an old one does, and is not hurt by it.
  record Limit(
      @DefaultValue("20") @Min(value = 1, message = "must be 1 or more") int limit,
      @DefaultValue("1m") @DurationMin(millis = 1, message = "must be longer than nothing")
          Duration per) {}

  /// @param sha256 of the key, so that the configuration does not hold the key itself
  /// @param apps aliases of `reelkeeper.apps`; an admin needs none
  record Key(
      @NotBlank(message = "is missing; give the key a name of its own")
          @Pattern(
              regexp = "(?!jwt:).*",
              message = "must not begin with jwt:, which is how bearers of tokens are named")
          String name,
      @NotNull(message = "is missing; give the SHA-256 of the key as 64 hexadecimal digits")
          @Pattern(
              regexp = "[0-9a-fA-F]{64}",
              message = "must be the SHA-256 of the key as 64 hexadecimal digits")
          String sha256,
      @NotEmpty(message = "is missing; one or more of read, operate, admin") Set<Role> roles,
      @DefaultValue Set<String> apps) {

    @Override
    public String toString() {
      return "Key[" + name + "]";
    }
  }
}

package io.reelkeeper.api.access;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// Who may call.
@Validated
@ConfigurationProperties("reelkeeper.access")
record AccessSettings(@DefaultValue List<@Valid Key> keys) {

  @AssertTrue(message = "two keys have the same name or the same sha256; each must be its own")
  boolean isEveryKeyItsOwn() {
    return keys.stream().map(Key::name).distinct().count() == keys.size()
        && keys.stream().map(Key::sha256).distinct().count() == keys.size();
  }

  /// @param sha256 of the key, so that the configuration does not hold the key itself
  /// @param apps aliases of `reelkeeper.apps`; an admin needs none
  record Key(
      @NotBlank(message = "is missing; give the key a name of its own") String name,
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

package io.reelkeeper.api.access;

import java.util.List;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;

/// What a key is for; each role includes the ones before it.
public enum Role {
  READ,
  OPERATE,
  ADMIN;

  List<GrantedAuthority> authorities() {
    return AuthorityUtils.createAuthorityList(
        List.of(values()).subList(0, ordinal() + 1).stream().map(Role::name).toList());
  }
}

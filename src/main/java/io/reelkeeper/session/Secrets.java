package io.reelkeeper.session;

import org.springframework.stereotype.Component;

/// Secrets inside a session, encrypted at rest.
@Component
public class Secrets {

  /// Whether `reelkeeper.encryption-key` is set; without it requests with secrets are refused.
  public boolean available() {
    return false;
  }
}

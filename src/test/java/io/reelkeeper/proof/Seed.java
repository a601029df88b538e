package io.reelkeeper.proof;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What chance is made of: the same in every run, unless `-Dproof.seed` says otherwise.
final class Seed {

  private static final Logger LOG = LoggerFactory.getLogger(Seed.class);
  private static final long USUAL = 20_260_301;

  private Seed() {}

  static long of(Class<?> trial) {
    long seed = Long.getLong("proof.seed", USUAL);
    LOG.info("{}: -Dproof.seed={}", trial.getSimpleName(), seed);
    return seed;
  }
}

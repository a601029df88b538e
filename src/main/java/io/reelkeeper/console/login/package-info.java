/// Who uses the console: an API key opens it, a sealed cookie carries it on to any replica.
@NullMarked
package io.reelkeeper.console.login;

import org.jspecify.annotations.NullMarked;

// fast-check, which makes values for tests of properties, shrinks those that fail, and names the
// seed that makes them again. It is installed beside the other tools, not beside these tests.

import { createRequire } from "node:module";

export const fc = createRequire(new URL("../../frontend/package.json", import.meta.url))(
  "fast-check",
);

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  AS_EVER,
  columnsFrom,
  folded,
  LEAST,
  MOST,
  withShare,
} from "../../../frontend/static/js/model/columns.js";

test("a column gets what it asks for, as far as the others have room", () => {
  assert.equal(withShare(AS_EVER, "read", 0.4, 0.25).read.share, 0.4);
  assert.equal(withShare(AS_EVER, "read", 0.9, 0.15).read.share, MOST);
  assert.equal(withShare(AS_EVER, "read", 0.9, 0.5).read.share, 0.3);
  assert.equal(withShare(AS_EVER, "do", 0, 0.3).do.share, LEAST);
});

test("a folded column comes back as wide as it was", () => {
  const wide = withShare(AS_EVER, "do", 0.3, 0.3);
  const away = folded(wide, "do");
  assert.equal(away.do.isFolded, true);
  assert.deepEqual(folded(away, "do"), wide);
});

test("what was kept is read back, and nonsense is as if nothing was kept", () => {
  const columns = folded(withShare(AS_EVER, "read", 0.4, 0.2), "do");
  assert.deepEqual(columnsFrom(JSON.stringify(columns)), columns);
  for (const text of [null, "", "{", "null", "[]", '{"read": {"share": 7}}']) {
    assert.deepEqual(columnsFrom(text), AS_EVER, String(text));
  }
});

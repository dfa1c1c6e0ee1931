// The custom elements by their names, so that what makes or finds one knows its class.

import type { SequenceDiagram } from "../diagram/diagram-view.js";
import type { ThreadLanes } from "../lanes/lane-view.js";
import type { BenchTabs } from "./bench-tabs.js";
import type { ClassDesk } from "./class-desk.js";
import type { ClassView } from "./class-view.js";
import type { ClientBrowser } from "./client-browser.js";
import type { ClientCard } from "./client-card.js";
import type { ClientChat } from "./client-chat.js";
import type { ClientDesk } from "./client-desk.js";
import type { ClientForm } from "./client-form.js";
import type { ClientMessage } from "./client-message.js";
import type { ClientWatch } from "./client-watch.js";
import type { ClientWindow } from "./client-window.js";
import type { ConnectionBar } from "./connection-bar.js";
import type { CopyButton } from "./copy-button.js";
import type { PortHolder } from "./port-holder.js";
import type { EventList } from "./event-list.js";
import type { ExplainNote } from "./explain-note.js";
import type { FailureNote } from "./failure-note.js";
import type { LabDifferences } from "./lab-differences.js";
import type { MessageLog } from "./message-log.js";
import type { PeerName } from "./peer-name.js";
import type { PlaybackBar } from "./playback-bar.js";
import type { LabReader } from "./reader.js";
import type { RunConsole } from "./run-console.js";
import type { RunPanel } from "./run-panel.js";
import type { RunState } from "./run-state.js";
import type { SeeView } from "./see-view.js";
import type { TakeBar } from "./take-bar.js";

declare global {
  interface HTMLElementTagNameMap {
    "bench-tabs": BenchTabs;
    "class-desk": ClassDesk;
    "class-view": ClassView;
    "client-browser": ClientBrowser;
    "client-card": ClientCard;
    "client-chat": ClientChat;
    "client-desk": ClientDesk;
    "client-form": ClientForm;
    "client-message": ClientMessage;
    "client-watch": ClientWatch;
    "client-window": ClientWindow;
    "connection-bar": ConnectionBar;
    "copy-button": CopyButton;
    "port-holder": PortHolder;
    "event-list": EventList;
    "explain-note": ExplainNote;
    "failure-note": FailureNote;
    "lab-differences": LabDifferences;
    "lab-reader": LabReader;
    "message-log": MessageLog;
    "peer-name": PeerName;
    "playback-bar": PlaybackBar;
    "run-console": RunConsole;
    "run-panel": RunPanel;
    "run-state": RunState;
    "see-view": SeeView;
    "sequence-diagram": SequenceDiagram;
    "take-bar": TakeBar;
    "thread-lanes": ThreadLanes;
  }
}

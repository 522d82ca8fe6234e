import { Button } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { Empty } from "../shared/states";

type Props = { children: ReactNode };
type State = { failed: boolean };

// A page that cannot be loaded or drawn says so and leaves the menu usable. Give it the address as its key.
export class PageBoundary extends Component<Props, State> {
  override state: State = { failed: false };

  static getDerivedStateFromError(): State {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="page" role="alert">
        <Empty
          title="This page could not be shown"
          action={<Button onClick={() => window.location.reload()}>Load it again</Button>}
        >
          The server does not answer, or it has been updated since this page was opened.
        </Empty>
      </div>
    );
  }
}

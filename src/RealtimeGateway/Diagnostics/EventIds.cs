namespace RealtimeGateway.Diagnostics;

/// <summary>The ids of log events: a hundred for each room, each used once.</summary>
internal static class EventIds
{
    // Integrations
    public const int BackendTimedOut = 100;
    public const int BackendFailed = 101;
    public const int BackendAnswerTooBig = 102;
    public const int FunctionFailed = 110;
    public const int FunctionRefused = 111;
    public const int FunctionAnswerMalformed = 112;
    public const int CredentialsMissing = 113;
    public const int TemplateFailed = 120;
    public const int MappingRefused = 121;

    // Authorization
    public const int AuthorizerMalformed = 150;
    public const int KeySetUnavailable = 151;

    // Dispatch
    public const int DisconnectFailed = 200;
    public const int DisconnectFaulted = 201;
    public const int MessageFailed = 202;

    // Transports
    public const int ConnectionFaulted = 300;

    // Hosting
    public const int ManagementIsLoopbackOnly = 400;
    public const int ConfigurationApplied = 401;

    // Cluster: leaving and evening out
    public const int DrainBegan = 640;
    public const int DrainTakenBack = 641;
    public const int DrainEnded = 642;
    public const int RebalanceBegan = 643;

    // Configuration
    public const int FileTaken = 500;
    public const int FileRefused = 501;
    public const int FileFailed = 502;
    public const int FilePollingOnly = 503;

    // Cluster
    public const int FleetJoined = 600;
    public const int BackplaneAway = 601;
    public const int BackplaneBack = 602;
    public const int BackplaneRunChanged = 603;
    public const int NodeCondemned = 604;
    public const int MembershipFaulted = 605;
    public const int LeaveFailed = 606;
    public const int MemoryFailed = 607;
    public const int BurialBegan = 610;
    public const int BurialEnded = 611;
    public const int BurialInterrupted = 612;
    public const int BurialFaulted = 613;
    public const int RecordBroken = 614;
    public const int BurialFailed = 615;
    public const int BurialTellFaulted = 616;
    public const int BurialRemovalFailed = 617;
    public const int RecordsDelayed = 620;
    public const int RecordsFaulted = 621;

    // Cluster: the node bus
    public const int BusCircuitOpened = 650;
    public const int BusCircuitClosed = 651;
    public const int BusSendFaulted = 652;
    public const int BusListenFaulted = 653;
    public const int BusBatchFaulted = 654;
    public const int BusRequestFaulted = 655;
    public const int BusRenewalFaulted = 656;

    // Diagnostics
    public const int AccessLogFailed = 700;
    public const int AccessLogDropped = 701;

    // The execution log
    public const int ExecutionLine = 900;

    // Control plane
    public const int StoredDocumentUnknown = 1100;
    public const int StoredStageNotServed = 1101;
    public const int DeployedNotServed = 1102;
    public const int ControlPlaneFailed = 1103;
    public const int StoredDocumentBroken = 1104;
}

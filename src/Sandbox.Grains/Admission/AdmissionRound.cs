namespace Sandbox.Grains.Admission;

/// <summary>One look at the heads of the queue.</summary>
internal sealed class AdmissionRound
{
    public List<AdmissionTicket> Passed { get; } = [];

    /// <summary>The rest has to leave what room there is to one that was overtaken too often.</summary>
    public bool IsOver { get; private set; }

    public bool WaitsForQuota { get; set; }

    /// <summary>One lacks memory, and those behind it may overtake it.</summary>
    public void Pass(AdmissionTicket ticket)
    {
        Passed.Add(ticket);
        IsOver = ticket.Overtaken >= NodeAdmission.MostOvertakes;
    }
}
